// The files of a room's chat: sends one's own one after another, and fetches those of all.
import type { FilePass, FileRules, FileView } from "../protocol.js";
import type { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { Refused, Unreachable } from "./errors.js";
import { type Bring, bring } from "./upload.js";

/** What stands in the way of a file: the code of the server's refusal, or our own of the same. */
export type FileFailure = string;

/** A file that is on its way. `failure`: why it is not any more. */
export interface Sending {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly sent: number;
  readonly failure: FileFailure | null;
}

export interface FilesEvents {
  /** What is on its way, or what may be sent, changed. */
  changed: undefined;
}

interface Item {
  readonly id: number;
  readonly file: File;
  readonly stop: AbortController;
  sent: number;
  failure: FileFailure | null;
}

type Commander = Pick<Connection, "command">;

const UNREACHED = "unreachable";
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Times that a file waits its turn when too many come at once, and seconds it waits at most. */
const PATIENCE = 5;
const LONGEST_WAIT = 15;

/** Whether a file may be shown where it was sent. */
export function isPicture({ type }: FileView): boolean {
  return PICTURES.has(type);
}

/** The files of one room, as one participant sends and sees them. */
export class RoomFiles extends Emitter<FilesEvents> {
  #rules: FileRules | null = null;
  #items: Item[] = [];
  #last = 0;
  #busy = false;
  readonly #pictures = new Map<string, Promise<string>>();

  constructor(
    private readonly connection: Commander,
    private readonly bringBytes: Bring = bring,
    private readonly get: (url: string) => Promise<Response> = (url) => fetch(url),
    private readonly pause: (seconds: number) => Promise<void> = paused,
  ) {
    super();
  }

  /** Which files may be sent; null: none. */
  get rules(): FileRules | null {
    return this.#rules;
  }

  /** What is on its way or was not sent, in the order it was given. */
  get sending(): readonly Sending[] {
    return this.#items.map(({ id, file, sent, failure }) => {
      return { id, name: file.name, size: file.size, sent, failure };
    });
  }

  /** The room says which files may be sent. */
  allow(rules: FileRules | null): void {
    this.#rules = rules;
    this.#changed();
  }

  /** Send these files, one after another. */
  add(files: Iterable<File>): void {
    for (const file of files) {
      const id = ++this.#last;
      const failure = this.#obstacle(file);
      this.#items.push({ id, file, stop: new AbortController(), sent: 0, failure });
    }
    this.#changed();
    void this.#work();
  }

  /** Do not send it, or do not speak of it any more. */
  drop(id: number): void {
    this.#items.find((item) => item.id === id)?.stop.abort();
    this.#remove(id);
  }

  /** Try once more to send it. */
  again(id: number): void {
    const item = this.#items.find((one) => one.id === id);
    if (item) {
      this.#remove(id);
      this.add([item.file]);
    }
  }

  /** A link to a file that is good for a minute. */
  async link({ id }: FileView): Promise<string> {
    const { url, ticket } = await this.connection.command("download", { file: id });
    return `${url}?ticket=${encodeURIComponent(ticket)}`;
  }

  /** A picture, to be shown from memory. */
  picture(file: FileView): Promise<string> {
    const known = this.#pictures.get(file.id);
    if (known) {
      return known;
    }
    const fetched = this.#fetched(file);
    this.#pictures.set(file.id, fetched);
    fetched.catch(() => this.#pictures.delete(file.id));
    return fetched;
  }

  /** The room was left: stop everything and let go of the pictures. */
  close(): void {
    for (const { stop } of this.#items) {
      stop.abort();
    }
    this.#items = [];
    for (const picture of this.#pictures.values()) {
      picture.then((url) => URL.revokeObjectURL(url)).catch(() => undefined);
    }
    this.#pictures.clear();
  }

  async #fetched(file: FileView): Promise<string> {
    const response = await this.get(await this.link(file));
    if (!response.ok) {
      throw new Unreachable(`answered ${response.status}`);
    }
    return URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: file.type }));
  }

  async #work(): Promise<void> {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    for (let next = this.#next(); next; next = this.#next()) {
      await this.#send(next);
    }
    this.#busy = false;
  }

  #next(): Item | undefined {
    return this.#items.find(({ failure }) => failure === null);
  }

  async #send(item: Item): Promise<void> {
    const { file, stop } = item;
    try {
      const pass = await this.#announced(file);
      stop.signal.throwIfAborted();
      const told = (bytes: number) => this.#told(item, bytes);
      await this.bringBytes(pass, file, told, stop.signal);
      await this.connection.command("chat", { file: pass.file.id });
      this.#remove(item.id);
    } catch (error) {
      item.failure = error instanceof Refused ? error.code : UNREACHED;
      item.sent = 0;
      this.#changed();
    }
  }

  /** Announce a file; whoever sends many at once waits for their turn. */
  async #announced(file: File): Promise<FilePass> {
    const announcement = { name: file.name, size: file.size, type: this.#typeOf(file) ?? "" };
    for (let left = PATIENCE; ; left -= 1) {
      try {
        return await this.connection.command("upload", announcement);
      } catch (error) {
        if (!(error instanceof Refused) || error.problem.status !== 429 || left === 0) {
          throw error;
        }
        await this.pause(Math.min(LONGEST_WAIT, error.problem.retry_after ?? 1));
      }
    }
  }

  #obstacle(file: File): FileFailure | null {
    if (!this.#rules) {
      return "files_off";
    }
    if (file.size === 0) {
      return "file_empty";
    }
    if (file.size > this.#rules.max_size) {
      return "file_too_large";
    }
    return this.#typeOf(file) ? null : "file_type_not_allowed";
  }

  /** By the ending of its name, for browsers differ in what they call types; else as they say. */
  #typeOf({ name, type }: File): string | null {
    const types = Object.entries(this.#rules?.types ?? {});
    const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
    const found = types.find(([, endings]) => endings.includes(ending));
    return found?.[0] ?? (type in (this.#rules?.types ?? {}) && !ending ? type : null);
  }

  #told(item: Item, bytes: number): void {
    item.sent = Math.min(bytes, item.file.size);
    this.#changed();
  }

  #remove(id: number): void {
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#changed();
  }

  #changed(): void {
    this.emit("changed", undefined);
  }
}

function paused(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
}
