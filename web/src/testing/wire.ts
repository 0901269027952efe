// A socket in memory: the server's side is the test.
import { Connection, type Wire } from "../client/connection.js";
import type { CommandMap } from "../client/socket.js";
import type { Commands, Events, Problem } from "../protocol.js";

type Listener = (...given: unknown[]) => void;
type Ack = (answer: unknown) => void;

/** One command as the server got it. */
export interface Sent {
  readonly name: string;
  readonly payload: unknown;
  readonly ack: Ack;
}

/** A `Wire` whose other end is in the test's hands. */
export class WireInMemory<
  Spoken extends CommandMap<Spoken> = Commands,
  Told extends object = Events,
> implements Wire
{
  connected = false;
  connects = 0;
  readonly sent: Sent[] = [];
  /** Answers given at once, by command; what is missing waits for the test. */
  readonly answers: { [Name in keyof Spoken]?: (payload: Spoken[Name]["send"]) => unknown } = {};
  /** Whether connecting works. */
  reachable = true;
  readonly #listeners = new Map<string, Listener[]>();

  connect(): void {
    this.connects += 1;
    queueMicrotask(() => {
      if (this.reachable) {
        this.connected = true;
        this.#tell("connect");
      } else {
        this.#tell("connect_error", new Error("unreachable"));
      }
    });
  }

  disconnect(): void {
    if (this.connected) {
      this.connected = false;
      this.#tell("disconnect");
    }
  }

  on(event: string, listener: Listener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  emit(name: string, ...[payload, ack]: unknown[]): void {
    const sent = { name, payload, ack: ack as Ack };
    this.sent.push(sent);
    const answer = this.answers[name as keyof Spoken] as
      | ((payload: unknown) => unknown)
      | undefined;
    if (answer) {
      queueMicrotask(() => {
        const value = answer(payload);
        sent.ack(isRefusal(value) ? value : { ok: true, value: value ?? null });
      });
    }
  }

  /** The server tells something. */
  serve<Name extends keyof Told & string>(name: Name, detail: Told[Name]): void {
    this.#tell(name, detail);
  }

  /** The server refuses the token. */
  refuse(problem: Problem): void {
    this.#tell("connect_error", Object.assign(new Error("refused"), { data: problem }));
  }

  /** The names of the commands that were sent. */
  get names(): string[] {
    return this.sent.map(({ name }) => name);
  }

  #tell(event: string, ...given: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      listener(...given);
    }
  }
}

/** A connection and the wire under it. */
export function connectionInMemory(): { wire: WireInMemory; connection: Connection } {
  const wire = new WireInMemory();
  return { wire, connection: new Connection(wire) };
}

/** A refusing ack. */
export function refusal(status: number, code: string): { ok: false; error: Problem } {
  return { ok: false, error: problem(status, code) };
}

export function problem(status: number, code: string): Problem {
  return { type: `/problems/${code}`, title: code, status, code, detail: `It is ${code}.` };
}

function isRefusal(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as { ok?: unknown }).ok === false;
}

/** Let everything that waits only for microtasks happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) {
    await Promise.resolve();
  }
}
