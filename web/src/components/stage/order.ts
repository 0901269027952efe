// Who stands where: newcomers last, oneself last of the first page, speakers brought into sight. Pure.

/**
 * The order of the others. Who was there keeps the place, newcomers come last; somebody who speaks
 * out of sight changes places with the one in sight who has been silent the longest.
 */
export class Order {
  #order: string[] = [];
  readonly #spoke = new Map<string, number>();
  #turn = 0;

  /** The order now: of these people, with these speaking, and `seats` of them in sight. */
  arrange(people: readonly string[], speakers: readonly string[], seats: number): string[] {
    const present = new Set(people);
    this.#order = [
      ...this.#order.filter((person) => present.has(person)),
      ...people.filter((person) => !this.#order.includes(person)),
    ];
    this.#turn += 1;
    for (const speaker of speakers) {
      if (present.has(speaker)) {
        this.#spoke.set(speaker, this.#turn);
        this.#bringIntoSight(speaker, seats);
      }
    }
    return [...this.#order];
  }

  #bringIntoSight(speaker: string, seats: number): void {
    const place = this.#order.indexOf(speaker);
    if (place < seats || seats === 0) {
      return;
    }
    const seated = this.#order.slice(0, seats);
    const last = (person: string) => this.#spoke.get(person) ?? 0;
    const silent = seated.reduce((a, b) => (last(b) < last(a) ? b : a));
    this.#order[place] = silent;
    this.#order[this.#order.indexOf(silent)] = speaker;
  }
}
