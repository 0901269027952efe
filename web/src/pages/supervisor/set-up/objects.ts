// The objects of the contact centre over REST: each kind alike, with ETags and Idempotency-Keys.
import { type Answer, query, Rest } from "../../../client/rest.js";
import type { NewSite, NewUser } from "../../../rest.js";
import type { Body } from "./draft.js";

/** A kind of objects, as the address of its resource names it. */
export type Plural =
  | "queues"
  | "agents"
  | "sites"
  | "workflows"
  | "activities"
  | "dispositions"
  | "replies"
  | "users";

/** An object as the server shows it. */
export type Item = Body & { readonly id: string };

export interface Page {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** How many objects a page of a list has. */
const PAGE = 200;
/** So many pages are read where all of a kind are wanted, to choose from. */
const MOST_PAGES = 10;

/** Every call rejects with `Refused` or `Unreachable`. */
export class Objects {
  constructor(private readonly rest: Rest = new Rest()) {}

  async page(plural: Plural, after: string): Promise<Page> {
    const asked = query({ limit: PAGE, after });
    return (await this.rest.send<Page>("GET", `/v1/${plural}${asked}`)).value;
  }

  /** All of a kind. */
  async all(plural: Plural): Promise<readonly Item[]> {
    const found: Item[] = [];
    let next: string | null = "";
    for (let page = 0; page < MOST_PAGES && next !== null; page += 1) {
      const read: Page = await this.page(plural, next);
      found.push(...read.items);
      next = read.next;
    }
    return found;
  }

  get(plural: Plural, id: string): Promise<Answer<Item>> {
    return this.rest.send("GET", one(plural, id));
  }

  create(plural: Plural, body: Body, key: string): Promise<Answer<Item>> {
    return this.rest.send("POST", `/v1/${plural}`, { body, key });
  }

  change(plural: Plural, id: string, body: Body, match: string): Promise<Answer<Item>> {
    return this.rest.send("PATCH", one(plural, id), { body, match });
  }

  remove(plural: Plural, id: string, match: string): Promise<Answer<void>> {
    return this.rest.send("DELETE", one(plural, id), { match });
  }

  /** Another identity secret of a site; the one before counts for a day more. */
  rotate(id: string, key: string): Promise<Answer<NewSite>> {
    return this.rest.send("POST", `${one("sites", id)}/rotate-secret`, { key });
  }

  /** Another one-time password; the sign-ins of that person end. */
  reset(id: string, key: string): Promise<Answer<NewUser>> {
    return this.rest.send("POST", `${one("users", id)}/one-time-password`, { key });
  }
}

function one(plural: Plural, id: string): string {
  return `/v1/${plural}/${encodeURIComponent(id)}`;
}
