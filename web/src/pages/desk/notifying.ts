// The browser's own notification of an offer, for an agent who looks elsewhere.

/** What an offer is announced with. */
export interface Announcement {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/** Shows notifications when they are allowed and nobody looks at this page. */
export class Notifier {
  readonly #shown = new Map<string, Notification>();

  /** Whether the agent has not been asked yet. */
  get mayAsk(): boolean {
    return "Notification" in globalThis && Notification.permission === "default";
  }

  /** Ask the agent. To be called from a click. */
  async ask(): Promise<void> {
    await Notification.requestPermission();
  }

  /** Announce something, unless the page is being looked at. */
  show({ id, title, body }: Announcement): void {
    const allowed = "Notification" in globalThis && Notification.permission === "granted";
    if (!allowed || document.hasFocus()) {
      return;
    }
    try {
      const shown = new Notification(title, { body, tag: id, requireInteraction: true });
      shown.addEventListener("click", () => {
        window.focus();
        shown.close();
      });
      this.#shown.set(id, shown);
    } catch {
      // Telephones have no such notifications; the ring and the title remain.
    }
  }

  /** Only these are still worth looking at. */
  keep(ids: readonly string[]): void {
    for (const [id, shown] of this.#shown) {
      if (!ids.includes(id)) {
        shown.close();
        this.#shown.delete(id);
      }
    }
  }
}
