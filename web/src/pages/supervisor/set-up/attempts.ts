// One Idempotency-Key for as long as the same thing is asked, so that a second try makes no second
// object.

export class Attempts {
  #asked = "";
  #key = "";

  constructor(private readonly draw: () => string = random) {}

  /** The key for this body: that of the try before when it is the same. */
  keyFor(body: object): string {
    const asked = JSON.stringify(body);
    if (!this.#key || asked !== this.#asked) {
      this.#asked = asked;
      this.#key = this.draw();
    }
    return this.#key;
  }

  /** What is asked next is something new. */
  done(): void {
    this.#key = "";
  }
}

/** `crypto.randomUUID` is not there on plain http; this is. */
function random(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
