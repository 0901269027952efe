// Taking a file of contacts in: looked at first, then kept piece by piece. It decides; the dialog
// draws.
import { Refused } from "../../../client/errors.js";
import type { ContactImport } from "../../../rest.js";
import { say } from "../../../words.js";
import type { ContactsApi } from "./api.js";
import { wordsFor } from "./words.js";

/** How far it is. */
export type Step = "choosing" | "reading" | "looking" | "running" | "stopped" | "done";

/** How many rows became what. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
}

const NOTHING: Counts = { created: 0, updated: 0, unchanged: 0, failed: 0 };
/** Bytes that the server takes. */
const LARGEST = 1024 * 1024;

/** One import from the choice of the file to its end; `changed` is called when it is to be drawn. */
export class Importing {
  step: Step = "choosing";
  problem = "";
  /** What would become of the rows. */
  preview: ContactImport | null = null;
  /** What became of the rows that were kept so far. */
  counts: Counts = NOTHING;
  done = 0;
  /** Whose national phone numbers are understood; empty: nobody's, so that none is misread. */
  region = "";
  #file: File | null = null;
  #columns: readonly string[] = [];
  #next = 1;
  #asked = 0;
  #key = "";

  constructor(
    private readonly api: ContactsApi,
    private readonly changed: () => void,
  ) {}

  get name(): string {
    return this.#file?.name ?? "";
  }

  /** How many contacts the preview would make or change. */
  get worth(): number {
    return (this.preview?.created ?? 0) + (this.preview?.updated ?? 0);
  }

  /** Look at another file. */
  async choose(file: File): Promise<void> {
    this.#file = file;
    this.#columns = [];
    await this.#look();
  }

  /** Understand national numbers as those of another country. */
  async chooseRegion(region: string): Promise<void> {
    this.region = region;
    if (this.#file) {
      await this.#look();
    }
  }

  /** Take a column for what somebody says it holds. */
  async chooseColumn(place: number, field: string): Promise<void> {
    const now = this.preview?.columns.map((each) => each.field) ?? [];
    this.#columns = now.map((each, at) => (at === place ? field : each));
    await this.#look();
  }

  /** Keep the rows, or go on where it stopped. */
  async run(): Promise<void> {
    this.#key ||= crypto.randomUUID();
    this.#go("running");
    try {
      await this.#keepAll();
    } catch (error) {
      this.#go("stopped", wordsFor(error));
    }
  }

  async #keepAll(): Promise<void> {
    const file = this.#file;
    let next: number | null = this.#next;
    while (file && next !== null) {
      const kept: ContactImport = await this.api.keep(file, this.#reading(), next, this.#key);
      this.counts = added(this.counts, kept);
      this.done = (kept.next ?? kept.rows + 1) - 1;
      next = kept.next;
      this.#next = next ?? 1;
      this.changed();
    }
    this.#go("done");
  }

  async #look(): Promise<void> {
    const file = this.#file;
    this.#asked += 1;
    const turn = this.#asked;
    this.#go("reading");
    try {
      if (!file || file.size > LARGEST) {
        throw tooLarge();
      }
      const preview = await this.api.preview(file, this.#reading());
      if (turn === this.#asked) {
        this.preview = preview;
        this.#go("looking");
      }
    } catch (error) {
      if (turn === this.#asked) {
        this.#failed(error);
      }
    }
  }

  /** Columns that do not fit are chosen anew, with the file still in view. */
  #failed(error: unknown): void {
    const columns = error instanceof Refused && error.code === "bad_columns" && this.preview;
    this.preview = columns ? this.#renamed(this.preview as ContactImport) : null;
    this.problem = wordsFor(error);
    this.step = columns ? "looking" : "choosing";
    this.changed();
  }

  /** What was looked at, with the columns as they are now and nothing to keep. */
  #renamed(preview: ContactImport): ContactImport {
    const columns = preview.columns.map(({ head }, at) => ({
      head,
      field: this.#columns[at] ?? "-",
    }));
    return { ...preview, ...NOTHING, columns, problems: [] };
  }

  #reading() {
    return { columns: this.#columns, region: this.region };
  }

  #go(step: Step, problem = ""): void {
    this.step = step;
    this.problem = problem;
    this.changed();
  }
}

function added(one: Counts, other: Counts): Counts {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    unchanged: one.unchanged + other.unchanged,
    failed: one.failed + other.failed,
  };
}

function tooLarge(): Refused {
  const detail = say("contact.import.problem.large");
  return new Refused({ type: "", title: "", status: 413, code: "too_large", detail });
}
