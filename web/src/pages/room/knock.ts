// Asking to come in: a token for the room, kept so that a reload is the same person.
import { isProblem, Refused, Unreachable } from "../../client/errors.js";
import type { Memory } from "../../memory.js";
import type { Admission, Knock } from "../../protocol.js";

interface Kept {
  readonly invitation: string | null;
  readonly token: string;
}

/** The room's name in the path of a page; as it stands when it cannot be decoded. */
export function roomOf(path: string): string {
  const name = path.split("/")[2] ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The door of one room; it remembers its token for as long as the tab lives. */
export class Door {
  readonly #key: string;

  constructor(
    private readonly room: string,
    private readonly invitation: string | null,
    private readonly memory: Memory,
    private readonly ask: typeof fetch = (...given) => fetch(...given),
  ) {
    this.#key = `offhook.token.${room}`;
  }

  /** Knock with what is kept, or else with the invitation. Rejects with `Refused`, `Unreachable`. */
  async knock(): Promise<Admission> {
    const kept = this.#kept();
    if (kept) {
      try {
        return this.keep(await this.#post(kept));
      } catch (error) {
        if (!(error instanceof Refused) || error.problem.status !== 401) {
          throw error;
        }
        this.memory.removeItem(this.#key);
      }
    }
    return this.keep(await this.#post(this.invitation));
  }

  /** Keep the token of an admission, or a fresh one. */
  keep<Given extends { token: string }>(given: Given): Given {
    const kept: Kept = { invitation: this.invitation, token: given.token };
    this.memory.setItem(this.#key, JSON.stringify(kept));
    return given;
  }

  #kept(): string | null {
    try {
      const kept = JSON.parse(this.memory.getItem(this.#key) ?? "null") as Kept | null;
      return kept && kept.invitation === this.invitation ? kept.token : null;
    } catch {
      return null;
    }
  }

  async #post(token: string | null): Promise<Admission> {
    const body: Knock = token ? { token } : {};
    const answer = await this.#fetch(body);
    const value: unknown = await answer.json().catch(() => null);
    if (answer.ok && value) {
      return value as Admission;
    }
    throw isProblem(value) ? new Refused(value) : new Unreachable(`status ${answer.status}`);
  }

  async #fetch(body: Knock): Promise<Response> {
    try {
      return await this.ask(`/r/${encodeURIComponent(this.room)}/token`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    } catch (error) {
      throw new Unreachable("the server does not answer", { cause: error });
    }
  }
}
