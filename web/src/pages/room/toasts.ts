// The small news that are shown for a while.
import type { ToastModel } from "../../components/toasts/toasts.js";

const LASTS = 4000;

/** Keeps toasts for four seconds each. */
export class ToastList {
  #toasts: readonly ToastModel[] = [];
  #next = 1;

  constructor(private readonly changed: () => void) {}

  get toasts(): readonly ToastModel[] {
    return this.#toasts;
  }

  add(icon: ToastModel["icon"], words: string): void {
    const id = this.#next++;
    this.#toasts = [...this.#toasts, { id, icon, words }];
    this.changed();
    setTimeout(() => {
      this.#toasts = this.#toasts.filter((toast) => toast.id !== id);
      this.changed();
    }, LASTS);
  }
}
