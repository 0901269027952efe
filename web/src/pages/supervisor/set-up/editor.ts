// One object of the contact centre: its form, saving it, and what else can be done with it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../../../components/confirm/confirm.js";
import type { Question } from "../../../components/confirm/confirm.js";
import { sheets } from "../../../components/element.js";
import "../../../components/secret/secret.js";
import { Refused } from "../../../client/errors.js";
import type { Disclosure } from "../../../components/secret/secret.js";
import { icon } from "../../../icons.js";
import { say } from "../../../words.js";
import { wordsFor } from "../../admin/words.js";
import shared from "../../office/office.css?inline";
import { Section } from "../../office/section.js";
import { fragmentOf, NEW } from "../route.js";
import { Attempts } from "./attempts.js";
import { type Dependent, dependents } from "./dependents.js";
import { type Body, Draft } from "./draft.js";
import type { Editing, Known } from "./editing.js";
import { nameOf } from "./editing.js";
import styles from "./editor.css?inline";
import { type Kind, key, permissionOf } from "./kinds.js";
import { changedByBoth, conflict, inUse, unread } from "./notices.js";
import type { Item, Objects, Plural } from "./objects.js";
import { within } from "./paths.js";
import {
  deleteQuestion,
  discardQuestion,
  disclosureOf,
  resetQuestion,
  rotateQuestion,
} from "./questions.js";
import { embed } from "./site-embed.js";
import { tidied } from "./tidy.js";
import { type Trouble, troubleOf, wordsOf } from "./troubles.js";
import { controlsOf, labelOf, point, wrongIn } from "./validity.js";

/** Somebody else was faster: what they made of it. */
interface Theirs {
  readonly item: Item;
  readonly etag: string;
}

interface Asked {
  readonly question: Question;
  readonly go: () => unknown;
}

/** Reports `tell`, `signed-out`, and `titled` when the object has another name. */
@customElement("oh-set-up-editor")
export class SetUpEditor extends Section {
  static override styles = sheets(shared, styles);

  @property({ attribute: false }) objects!: Objects;
  @property({ attribute: false }) kind!: Kind;
  /** The id of the object; `new` for one that is made. */
  @property({ attribute: false }) itemId = NEW;
  /** It is out of sight while somebody signs in again, and asks nothing meanwhile. */
  @property({ type: Boolean }) shut = false;

  @state() private item: Item | null = null;
  @state() private draft: Draft | null = null;
  @state() private known: Known = {};
  @state() private missing: unknown = null;
  @state() private troubles: readonly Trouble[] = [];
  @state() private theirs: Theirs | null = null;
  @state() private both: readonly string[] = [];
  @state() private users: readonly Dependent[] = [];
  @state() private asked: Asked | null = null;
  @state() private shown: Disclosure | null = null;

  #focus = "";
  readonly #attempts = new Attempts();

  /** Whether there is something that was not saved. */
  get dirty(): boolean {
    return this.draft?.dirty ?? false;
  }

  /** What the object is called, as it was saved. */
  get heading(): string {
    return this.item ? nameOf(this.item) : say(key(this.kind.plural, ".new"));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.#leaving);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.#leaving);
  }

  // --- drawing

  override render(): TemplateResult {
    const { plural } = this.kind;
    return html`<nav class="small crumbs" aria-label=${say("admin.crumbs")}>
        <a href=${fragmentOf(plural)}>${say(key(plural))}</a> <span aria-hidden="true">/</span> <bdi>${this.draft ? this.heading : ""}</bdi>
      </nav>
      <div class="spread hd">
        <h1 tabindex="-1"><bdi>${this.draft ? this.heading : "\u00a0"}</bdi></h1>
        ${this.item && this.#mayWrite ? this.#actions() : nothing}
      </div>
      ${this.notice()} ${this.#conflict()} ${inUse(this.heading, this.users)}
      ${this.draft ? this.#form(this.draft) : unread(plural, this.missing, () => void this.load())} ${this.#dialogs()}`;
  }

  get #mayWrite(): boolean {
    return this.may(permissionOf(this.kind.plural, "write"));
  }

  #conflict(): TemplateResult | typeof nothing {
    const { theirs } = this;
    return theirs
      ? conflict(
          () => this.#take(theirs),
          () => this.#keep(theirs),
        )
      : changedByBoth(this.both);
  }

  #actions(): TemplateResult {
    const { plural } = this.kind;
    return plural === "users"
      ? html`<button class="btn" type="button" aria-busy=${this.busy === "reset"} @click=${this.#askReset}>${this.spin("reset")}${say("setup.reset")}</button>`
      : html`<button class="btn btn-danger" type="button" aria-busy=${this.busy === "delete"} @click=${this.#askDelete}>${this.spin("delete")}${say("admin.delete")}</button>`;
  }

  #form(draft: Draft): TemplateResult {
    const { item, kind } = this;
    const locked = !this.#mayWrite;
    return html`${locked ? html`<p class="notice" data-tone="info">${icon("lock")}<span>${say("setup.locked")}</span></p>` : nothing}
      ${item && kind.plural === "sites" ? embed(item, this.may("sites.secrets") ? this.#askRotate : null) : nothing}
      <form novalidate @submit=${this.#submit} @copied=${() => this.report("tell", say("docs.copied"))}>
        <fieldset class="whole" ?disabled=${locked}>${kind.form(this.#editing(draft))}</fieldset>
        ${locked ? nothing : this.#foot(draft)}
      </form>`;
  }

  #foot(draft: Draft): TemplateResult {
    const { dirty } = draft;
    return html`<div class="foot">
      <p class="small muted grow" role="status">${dirty && this.item ? say("setup.unsaved") : ""}</p>
      ${
        this.item
          ? html`<button class="btn" type="button" ?disabled=${!dirty} @click=${this.#askDiscard}>${say("setup.discard")}</button>`
          : html`<a class="btn" href=${fragmentOf(this.kind.plural)}>${say("control.cancel")}</a>`
      }
      <button class="btn btn-ink" type="submit" aria-busy=${this.busy === "save"}>
        ${this.spin("save")}${say(this.item ? "admin.save" : "setup.make")}
      </button>
    </div>`;
  }

  #dialogs(): TemplateResult {
    return html`<oh-confirm .question=${this.asked?.question ?? null} ?open=${this.asked !== null && !this.shut}
        @confirm=${() => void this.asked?.go()}
        @close=${() => {
          this.asked = null;
        }}></oh-confirm>
      <oh-secret .disclosure=${this.shown} ?open=${this.shown !== null && !this.shut}
        @copied=${() => this.report("tell", say("docs.copied"))} @close=${this.#kept}></oh-secret>`;
  }

  override updated(): void {
    if (this.#focus) {
      const id = this.#focus;
      this.#focus = "";
      point(this.renderRoot, id);
    }
  }

  // --- the object, by its paths

  #editing(draft: Draft): Editing {
    return {
      known: this.known,
      fresh: this.item === null,
      at: (path) => (path === "id" ? this.item?.id : draft.at(path)),
      set: (path, value) => this.#set(path, value),
      trouble: (path) => this.troubles.find(({ field }) => field === path),
      focusLater: (id) => {
        this.#focus = id;
      },
    };
  }

  #set(path: string, value: unknown): void {
    this.draft = this.draft?.with(path, value) ?? null;
    this.troubles = this.troubles.filter(
      ({ field }) => !within(field, path) && !within(path, field),
    );
  }

  /** What is a setting of what the server shows. */
  #settings(item: Item): Body {
    const { told } = this.kind;
    return Object.fromEntries(Object.entries(item).filter(([name]) => !told.includes(name)));
  }

  #adopt(item: Item, etag: string): void {
    this.item = item;
    this.draft = Draft.of(this.#settings(item), etag);
    this.troubles = [];
    this.theirs = null;
    this.both = [];
    this.users = [];
    this.report("titled");
  }

  // --- reading and writing

  async load(): Promise<void> {
    const { kind, itemId, objects } = this;
    this.missing = null;
    try {
      const [known, read] = await Promise.all([
        this.#all(kind.needs),
        itemId === NEW ? null : objects.get(kind.plural, itemId),
      ]);
      this.known = known;
      if (read) {
        this.#adopt(read.value, read.etag);
      } else {
        this.draft = Draft.of(kind.blank() as Body);
        this.report("titled");
      }
    } catch (error) {
      this.missing = error;
      this.refused(error);
    }
  }

  async #all(kinds: readonly Plural[]): Promise<Known> {
    const wanted = kinds.filter((each) => this.may(permissionOf(each, "read")));
    const found = await Promise.all(wanted.map((each) => this.objects.all(each)));
    return Object.fromEntries(wanted.map((each, n) => [each, found[n] ?? []]));
  }

  readonly #submit = async (event: Event) => {
    event.preventDefault();
    const { draft } = this;
    const wrong = wrongIn(this.renderRoot);
    if (wrong.length > 0) {
      await this.#showTroubles(wrong);
    } else if (draft && !this.busy) {
      const { item } = this;
      await this.#try("save", () => (item ? this.#change(item.id, draft) : this.#create(draft)));
    }
  };

  /** Do something with the object; what is refused is said where it belongs. */
  async #try(name: string, work: () => Promise<void>): Promise<void> {
    this.busy = name;
    this.trouble = "";
    try {
      await work();
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.busy = "";
    }
  }

  async #create(draft: Draft): Promise<void> {
    const { plural } = this.kind;
    const body = tidied(draft.values);
    const { value } = await this.objects.create(plural, body, this.#attempts.keyFor(body));
    this.#attempts.done();
    this.draft = Draft.of(draft.values);
    this.report("tell", say("setup.made"));
    this.shown = disclosureOf(plural, value);
    this.#made = value.id;
    if (!this.shown) {
      this.#kept();
    }
  }

  #made = "";

  /** What is shown once was kept; what was made just now is opened. */
  readonly #kept = () => {
    if (this.shut) {
      return;
    }
    this.shown = null;
    if (this.#made) {
      location.replace(fragmentOf(this.kind.plural, this.#made));
      this.#made = "";
    }
  };

  async #change(id: string, draft: Draft): Promise<void> {
    if (draft.dirty) {
      const { value, etag } = await this.objects.change(
        this.kind.plural,
        id,
        tidied(draft.changes),
        draft.etag,
      );
      this.#adopt(value, etag);
    }
    this.report("tell", say("admin.saved"));
  }

  async #failed(error: unknown): Promise<void> {
    this.refused(error);
    if (error instanceof Refused && error.problem.status === 412) {
      await this.#meet();
      return;
    }
    const paths = controlsOf(this.renderRoot).map(({ dataset }) => dataset.path ?? "");
    const trouble = troubleOf(error, paths);
    if (trouble) {
      await this.#showTroubles([trouble]);
    } else {
      this.trouble =
        error instanceof Refused && error.problem.field ? wordsOf(error.problem) : wordsFor(error);
    }
  }

  async #showTroubles(troubles: readonly Trouble[]): Promise<void> {
    this.troubles = troubles;
    await this.updateComplete;
    const [first] = troubles;
    if (first) {
      point(this.renderRoot, first.field, first.position);
    }
  }

  // --- two editors

  async #meet(): Promise<void> {
    try {
      const { value, etag } = await this.objects.get(this.kind.plural, this.item?.id ?? "");
      this.theirs = { item: value, etag };
    } catch (error) {
      this.trouble = wordsFor(error);
    }
  }

  #take({ item, etag }: Theirs): void {
    this.#adopt(item, etag);
  }

  #keep({ item, etag }: Theirs): void {
    const rebased = this.draft?.onto(this.#settings(item), etag);
    this.item = item;
    this.theirs = null;
    this.draft = rebased?.draft ?? this.draft;
    this.both = rebased?.both.map((field) => labelOf(this.renderRoot, field)) ?? [];
  }

  // --- what cannot be taken back

  readonly #leaving = (event: BeforeUnloadEvent) => {
    if (this.dirty) {
      event.preventDefault();
    }
  };

  readonly #askDiscard = () => {
    const go = () => this.item && this.draft && this.#adopt(this.item, this.draft.etag);
    this.asked = { question: discardQuestion(), go };
  };

  readonly #askDelete = async () => {
    const { item, kind } = this;
    if (!item) {
      return;
    }
    const found = await this.act("delete", () => this.#all(kind.naming));
    if (found) {
      this.users = dependents(found, item.id);
      const question = deleteQuestion(nameOf(item), kind.plural);
      this.asked = this.users.length > 0 ? null : { question, go: () => this.#delete(item) };
    }
  };

  async #delete(item: Item): Promise<void> {
    const { plural } = this.kind;
    await this.#try("delete", async () => {
      await this.objects.remove(plural, item.id, this.draft?.etag ?? "");
      this.draft = null;
      this.report("tell", say("admin.deleted"));
      location.hash = fragmentOf(plural);
    });
  }

  readonly #askRotate = () => {
    this.asked = {
      question: rotateQuestion(),
      go: () => this.#secretOf("sites", (id, key) => this.objects.rotate(id, key)),
    };
  };

  readonly #askReset = () => {
    const question = resetQuestion(this.heading);
    this.asked = {
      question,
      go: () => this.#secretOf("users", (id, key) => this.objects.reset(id, key)),
    };
  };

  async #secretOf(
    plural: Plural,
    ask: (id: string, key: string) => Promise<{ value: object }>,
  ): Promise<void> {
    const id = this.item?.id ?? "";
    const made = await this.act("reset", () => ask(id, this.#attempts.keyFor({ id, plural })));
    if (made) {
      this.#attempts.done();
      this.shown = disclosureOf(plural, made.value as Item);
      await this.#refreshed(id);
    }
  }

  /** What was written meanwhile stays; the object is another now. */
  async #refreshed(id: string): Promise<void> {
    const { value, etag } = await this.objects.get(this.kind.plural, id);
    this.item = value;
    this.draft = this.draft?.onto(this.#settings(value), etag).draft ?? null;
  }
}
