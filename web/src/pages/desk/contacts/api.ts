// The REST API of contacts as the desk uses it, with the cookie of a sign-in.
import { type Along, type Answer, type Method, query, type Rest } from "../../../client/rest.js";
import type {
  Contact,
  ContactCreate,
  ContactImport,
  ContactPage,
  ContactPatch,
  ContactSessionList,
} from "../../../rest.js";

/** Contacts of one page of the list. */
export const PAGE = 50;
/** Rows of a file that one request keeps: a fraction of a second, so that progress is seen. */
export const ROWS = 250;

/** How a file is to be read; `columns` is empty when its heads say it. */
export interface Reading {
  readonly columns: readonly string[];
  readonly region: string;
}

/** Who is meant: this one, or whoever has one of these addresses. */
export interface Whom {
  readonly contact: string;
  readonly email: string;
  readonly phone: string;
}

/** Every call rejects with `Refused` or `Unreachable`. */
export class ContactsApi {
  constructor(private readonly rest: Rest) {}

  search(q: string, after = ""): Promise<ContactPage> {
    return this.#get(`/v1/contacts${query({ q, after, limit: PAGE })}`);
  }
  known({ contact, email, phone }: Whom): Promise<ContactPage> {
    return this.#get(`/v1/contacts${query({ contact, email, phone })}`);
  }
  /** One contact, with the ETag that a change counts on. */
  get(id: string): Promise<Answer<Contact>> {
    return this.rest.send("GET", one(id));
  }
  sessions(id: string): Promise<ContactSessionList> {
    return this.#get(`${one(id)}/sessions`);
  }
  create(body: ContactCreate): Promise<Contact> {
    return this.#send("POST", "/v1/contacts", { body, key: crypto.randomUUID() });
  }
  change(id: string, body: ContactPatch, match: string): Promise<Contact> {
    return this.#send("PATCH", one(id), { body, match });
  }
  delete(id: string): Promise<void> {
    return this.#send("DELETE", one(id));
  }
  preview(file: Blob, { columns, region }: Reading): Promise<ContactImport> {
    const asked = { mode: "preview", columns: columns.join(","), region };
    return this.#send("POST", `/v1/contacts/imports${query(asked)}`, { body: csv(file) });
  }
  /** Keep some rows of a file, all or nothing; the same `key` never does so twice. */
  keep(file: Blob, reading: Reading, first: number, key: string): Promise<ContactImport> {
    const columns = reading.columns.join(",");
    const asked = { mode: "commit", columns, region: reading.region, first, rows: ROWS };
    const along = { body: csv(file), key: `${key}-${first}` };
    return this.#send("POST", `/v1/contacts/imports${query(asked)}`, along);
  }

  #get<Reply>(path: string): Promise<Reply> {
    return this.#send("GET", path);
  }

  async #send<Reply>(method: Method, path: string, along: Along = {}): Promise<Reply> {
    return (await this.rest.send<Reply>(method, path, along)).value;
  }
}

/** Where a browser loads all contacts from. */
export const EXPORT = "/v1/contacts/export";

function one(id: string): string {
  return `/v1/contacts/${encodeURIComponent(id)}`;
}

function csv(file: Blob): Blob {
  return file.type === "text/csv" ? file : new Blob([file], { type: "text/csv" });
}
