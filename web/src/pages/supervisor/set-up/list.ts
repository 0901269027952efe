// The objects of one kind: a list with what matters of each, and the way to a new one.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { sheets } from "../../../components/element.js";
import { icon } from "../../../icons.js";
import { say } from "../../../words.js";
import { Live } from "../../office/live.js";
import shared from "../../office/office.css?inline";
import { pages } from "../../office/paging.js";
import { Section } from "../../office/section.js";
import { fragmentOf } from "../route.js";
import { columnsOf } from "./columns.js";
import { type Known, nameOf } from "./editing.js";
import { type Kind, key, permissionOf } from "./kinds.js";
import styles from "./list.css?inline";
import type { Item, Objects, Page, Plural } from "./objects.js";

/** Milliseconds between two looks. */
const EVERY = 15_000;
/** A list that is longer can be searched. */
const SHORT = 8;

interface Shown {
  readonly page: { readonly items: readonly Item[]; readonly next: string | null };
  readonly known: Known;
}

/** Reports `tell`, and `signed-out`. */
@customElement("oh-set-up-list")
export class SetUpList extends Section {
  static override styles = sheets(shared, styles);

  @property({ attribute: false }) objects!: Objects;
  @property({ attribute: false }) kind!: Kind;
  @state() private wanted = "";

  #pages = 1;
  readonly #live = new Live<Shown>(
    this,
    () => this.#load(),
    this.refused,
    () => EVERY,
  );

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get("kind")) {
      this.#pages = 1;
      this.wanted = "";
      this.#live.restart();
    }
  }

  override render(): TemplateResult {
    const { plural } = this.kind;
    return html`<div class="spread hd">
        <div class="stack">
          <h1 tabindex="-1">${say(key(plural))}</h1>
          <p class="muted">${say(key(plural, ".what"))}</p>
        </div>
        ${this.#mayWrite ? this.#button() : nothing}
      </div>
      ${this.notice()} ${this.stale(this.#live)} ${this.#search()}
      <section class="card" aria-label=${say(key(plural))}>${this.#list()}</section>`;
  }

  get #mayWrite(): boolean {
    return this.may(permissionOf(this.kind.plural, "write"));
  }

  #button(): TemplateResult {
    const { plural } = this.kind;
    return html`<a class="btn btn-ink" href=${fragmentOf(plural, "new")}>${icon("plus", "i-s")}${say(key(plural, ".new"))}</a>`;
  }

  #search(): TemplateResult | typeof nothing {
    const found = this.#live.value;
    return found && found.page.items.length > SHORT
      ? html`<div class="field search">
          <label class="vh" for="wanted">${say("setup.search")}</label>
          <input class="input" id="wanted" type="search" dir="auto" autocomplete="off" placeholder=${say("setup.search")}
            .value=${this.wanted} @input=${(event: Event) => {
              this.wanted = (event.target as HTMLInputElement).value;
            }} />
        </div>`
      : nothing;
  }

  #list(): TemplateResult {
    const found = this.#live.value;
    const { plural } = this.kind;
    if (!found) {
      return this.unknown(this.#live);
    }
    if (found.page.items.length === 0) {
      return this.empty(
        say(key(plural, ".none")),
        say(key(plural, ".what")),
        this.#mayWrite ? this.#button() : nothing,
      );
    }
    const items = wantedOf(found.page.items, this.wanted);
    return items.length === 0
      ? this.empty(say("setup.search.none"), say("setup.search.none.what"))
      : this.#table(items, found);
  }

  #table(items: readonly Item[], { known, page }: Shown): TemplateResult {
    const { plural } = this.kind;
    const columns = columnsOf(plural);
    return html`<div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${say("setup.name")}</th>
              ${columns.map(({ name }, n) => html`<th scope="col" class=${narrow(n)}>${say(name)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${repeat(
              items,
              ({ id }) => id,
              (item) => html`<tr class="press">
                <td class="wide">
                  <a class="go" href=${fragmentOf(plural, item.id)}><bdi>${nameOf(item)}</bdi></a>
                  <span class="sub only-s">${columns[0]?.of(item, known)}</span>
                </td>
                ${columns.map(({ of }, n) => html`<td class="wide ${narrow(n)}">${of(item, known)}</td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${this.older(page.next, () => {
        this.#pages += 1;
        void this.#live.refresh();
      })}`;
  }

  async #load(): Promise<Shown> {
    const { objects, kind } = this;
    const { plural } = kind;
    const named = plural === "users" || plural === "agents" ? [] : kind.needs;
    const others = named.filter((each) => each !== plural && this.may(permissionOf(each, "read")));
    const [page, ...lists] = await Promise.all([
      pages<Item>(
        (after) => objects.page(plural, after) as Promise<Page & { items: Item[] }>,
        this.#pages,
      ),
      ...others.map((each) => objects.all(each)),
    ]);
    const known = Object.fromEntries(others.map((each, n) => [each, lists[n]])) as Known;
    return { page, known: { ...known, [plural as Plural]: page.items } };
  }
}

/** What is left out where there is little room: all but the name, then all but the first two. */
function narrow(n: number): string {
  return n < 2 ? "c2" : "c3";
}

/** Those in which a text is found, by their names. */
export function wantedOf(items: readonly Item[], wanted: string): Item[] {
  const text = wanted.trim().toLocaleLowerCase();
  return items
    .filter((item) => `${item.name ?? ""} ${item.login ?? ""}`.toLocaleLowerCase().includes(text))
    .sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}
