// One call of the REST API, with the cookie of a sign-in: what it gives, and its ETag.
import { isProblem, Refused, Unreachable } from "./errors.js";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
export type Query = Readonly<Record<string, string | number | readonly string[]>>;

/** What a call gave. `etag` is empty where there is none. */
export interface Answer<Reply> {
  readonly value: Reply;
  readonly etag: string;
}

/** What goes along with a call: a file as it is, anything else as JSON. `match`: the ETag it counts on; `key`: its Idempotency-Key. */
export interface Along {
  readonly body?: object;
  readonly match?: string;
  readonly key?: string;
}

/** Every call rejects with `Refused` or `Unreachable`. */
export class Rest {
  constructor(private readonly ask: typeof fetch = (...given) => fetch(...given)) {}

  async send<Reply>(method: Method, path: string, along: Along = {}): Promise<Answer<Reply>> {
    const answer = await this.#fetch(method, path, along);
    const etag = answer.headers.get("etag") ?? "";
    if (answer.status === 204) {
      return { value: undefined as Reply, etag };
    }
    const value: unknown = await answer.json().catch(() => null);
    if (answer.ok && value !== null) {
      return { value: value as Reply, etag };
    }
    throw isProblem(value) ? new Refused(value) : new Unreachable(`status ${answer.status}`);
  }

  async #fetch(method: Method, path: string, along: Along): Promise<Response> {
    const given: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
    given.headers = headers(along);
    if (along.body) {
      given.body = along.body instanceof Blob ? along.body : JSON.stringify(along.body);
    }
    try {
      return await this.ask(path, given);
    } catch (error) {
      throw new Unreachable("the server does not answer", { cause: error });
    }
  }
}

function headers({ body, match, key }: Along): Record<string, string> {
  return {
    accept: "application/json",
    ...(body ? { "content-type": body instanceof Blob ? body.type : "application/json" } : {}),
    ...(match ? { "if-match": match } : {}),
    ...(key ? { "idempotency-key": key } : {}),
  };
}

/** A query without what is empty; a list becomes one parameter for each of its items. */
export function query(given: Query): string {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    const values = Array.isArray(value) ? (value as readonly string[]) : [value];
    for (const each of values) {
      if (each !== "") {
        told.append(name, String(each));
      }
    }
  }
  const text = told.toString();
  return text ? `?${text}` : "";
}
