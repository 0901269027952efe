// What the agent writes about a session, kept safe: what is typed counts until the server has it.

/** Notes and disposition as they are being written. */
export interface Draft {
  readonly notes?: string;
  readonly disposition?: string;
}

/** Milliseconds of rest after which what was written is sent. */
const REST = 600;

/** Keeps drafts by session, and sends what changed after a moment of rest. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly send: (session: string, draft: Draft) => Promise<unknown>) {}

  /** What is written of a session so far. */
  of(session: string): Draft {
    return this.#drafts.get(session) ?? {};
  }

  /** The agent wrote or chose. */
  write(session: string, part: Draft): void {
    this.#drafts.set(session, { ...this.of(session), ...part });
    clearTimeout(this.#timers.get(session));
    this.#timers.set(
      session,
      setTimeout(() => this.#flush(session), REST),
    );
  }

  /** Only these sessions are on the desk. */
  keep(sessions: readonly string[]): void {
    for (const session of this.#drafts.keys()) {
      if (!sessions.includes(session)) {
        this.forget(session);
      }
    }
  }

  /** What was written is with the server, or nobody needs it. */
  forget(session: string): void {
    clearTimeout(this.#timers.get(session));
    this.#timers.delete(session);
    this.#drafts.delete(session);
  }

  /** Send now what was not sent yet: the page goes away, or is back. */
  flush(): void {
    for (const session of [...this.#drafts.keys()]) {
      this.#flush(session);
    }
  }

  #flush(session: string): void {
    clearTimeout(this.#timers.get(session));
    this.#timers.delete(session);
    const draft = this.#drafts.get(session);
    if (draft) {
      // A draft that was not taken stays, and goes with the next one.
      void this.send(session, draft).catch(() => undefined);
    }
  }
}
