// A typed event target: the one way in which the client tells what happened.

/** Tells listeners what happened; `Events` maps each event's name to what it carries. */
export class Emitter<Events extends object> {
  readonly #target = new EventTarget();

  /** Listen to one kind of event; call what is returned to stop. */
  on<Name extends keyof Events & string>(
    name: Name,
    handler: (detail: Events[Name]) => void,
  ): () => void {
    const listener = (event: Event) => handler((event as CustomEvent<Events[Name]>).detail);
    this.#target.addEventListener(name, listener);
    return () => this.#target.removeEventListener(name, listener);
  }

  protected emit<Name extends keyof Events & string>(name: Name, detail: Events[Name]): void {
    this.#target.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
