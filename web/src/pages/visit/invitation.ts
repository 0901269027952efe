// The link of a callback: its secret stands in the address until the contact is open by it.

export class Invitation {
  #secret: string | null;

  constructor(private readonly address: Location = location) {
    this.#secret = new URLSearchParams(address.hash.slice(1)).get("callback");
  }

  /** The secret, as long as it counts. */
  get secret(): string | null {
    return this.#secret;
  }

  /** From now on this browser has a secret of its own, or begins anew: the link counts no more. */
  drop(): void {
    if (this.#secret !== null) {
      this.#secret = null;
      history.replaceState(null, "", this.address.pathname);
    }
  }
}
