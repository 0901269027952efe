// What happened, newest first, as the event log has it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { sheets } from "../../components/element.js";
import { icon } from "../../icons.js";
import type { Event as Fact } from "../../rest.js";
import { say } from "../../words.js";
import { Live } from "../office/live.js";
import shared from "../office/office.css?inline";
import { pages } from "../office/paging.js";
import styles from "./events.css?inline";
import { Section } from "./section.js";

/** Milliseconds after the last letter until the list follows. */
const PAUSE = 350;

@customElement("oh-admin-events")
export class EventsSection extends Section {
  static override styles = sheets(shared, styles);

  @state() private type = "";
  @state() private subject = "";
  @state() private opened = "";
  /** What is shown, while somebody reads one of them and nothing may move. */
  @state() private held: { items: Fact[]; next: string | null } | null = null;

  #shown = 1;
  #pause: ReturnType<typeof setTimeout> | undefined;
  readonly #types = new Set<string>();
  readonly #live = new Live(this, () => this.#load(), this.refused);

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
  }

  override render(): TemplateResult {
    return html`<div class="spread hd"><h1 tabindex="-1">${say("admin.events")}</h1></div>
      ${this.notice()} ${this.stale(this.#live)}
      <section class="card" aria-label=${say("admin.events")}>
        ${this.#filters()} ${this.#news()} ${this.#list()}
      </section>`;
  }

  #filters(): TemplateResult {
    return html`<form class="filters" @submit=${(event: SubmitEvent) => event.preventDefault()}>
      <div class="field">
        <label for="type">${say("admin.type")}</label>
        <input class="input mono" id="type" type="search" list="types" autocomplete="off" spellcheck="false" dir="ltr"
          placeholder=${say("admin.all")} .value=${this.type} @input=${this.#ask} />
        <datalist id="types">
          ${[...this.#types].sort().map((type) => html`<option value=${type}></option>`)}
        </datalist>
      </div>
      <div class="field">
        <label for="subject">${say("admin.subject")}</label>
        <input class="input mono" id="subject" type="search" autocomplete="off" spellcheck="false" dir="ltr"
          placeholder=${say("admin.all")} .value=${this.subject} @input=${this.#ask} />
      </div>
    </form>`;
  }

  /** Nothing jumps: what came while one is open is told, and shown when it is asked for. */
  #news(): TemplateResult | typeof nothing {
    const first = this.held?.items[0]?.id;
    const fresh = this.#live.value?.items ?? [];
    const place = fresh.findIndex(({ id }) => id === first);
    const count = place < 0 ? fresh.length : place;
    return this.held && count > 0
      ? html`<div class="news">
          <button class="btn btn-s" type="button" @click=${this.#letGo}>${say("admin.events.new", { count })}</button>
        </div>`
      : nothing;
  }

  #list(): TemplateResult {
    const found = this.held ?? this.#live.value;
    if (!found) {
      return this.unknown(this.#live);
    }
    if (found.items.length === 0) {
      return this.type || this.subject
        ? this.empty(say("admin.events.none_such"), say("admin.events.none_such.what"))
        : this.empty(say("admin.events.none"), say("admin.events.none.what"));
    }
    return html`<div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${say("admin.event")}</th>
              <th scope="col" class="c2">${say("admin.subject")}</th>
              <th scope="col" class="end c3">${say("admin.seq")}</th>
              <th scope="col" class="end">${say("admin.time")}</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              found.items,
              (fact) => fact.id,
              (fact) => this.#row(fact),
            )}
          </tbody>
        </table>
      </div>
      ${this.older(found.next, this.#more)}`;
  }

  #row(fact: Fact): TemplateResult {
    const open = this.opened === fact.id;
    return html`<tr class="press">
        <td>
          <button class="go mono" type="button" aria-expanded=${open} aria-controls="detail-${fact.id}"
            @click=${() => this.#toggle(fact)}>${icon(open ? "down" : "right", "i-s i-flip")}${fact.type}</button>
          <span class="id only-s">${fact.subject}</span>
        </td>
        <td class="c2"><button class="go id" type="button" title=${say("admin.events.of_subject")}
          @click=${() => this.#only(fact.subject)}>${fact.subject}</button></td>
        <td class="end num c3">${fact.seq}</td>
        <td class="end num">${this.time(fact.time)}</td>
      </tr>
      ${
        open
          ? html`<tr id="detail-${fact.id}">
              <td colspan="4" class="detail">
                <pre tabindex="0" dir="ltr" aria-label=${say("admin.events.detail")}>${JSON.stringify(fact, null, 2)}</pre>
              </td>
            </tr>`
          : nothing
      }`;
  }

  // --- doing

  async #load(): Promise<{ items: Fact[]; next: string | null }> {
    const filter = { types: this.type ? [this.type] : [], subject: this.subject };
    const found = await pages((after) => this.api.events(filter, after), this.#shown);
    for (const { type } of found.items) {
      this.#types.add(type);
    }
    return found;
  }

  #toggle(fact: Fact): void {
    this.opened = this.opened === fact.id ? "" : fact.id;
    this.held = this.opened ? (this.held ?? this.#live.value ?? null) : null;
  }

  #only(subject: string): void {
    this.subject = subject;
    this.#restart();
  }

  readonly #letGo = () => {
    this.opened = "";
    this.held = null;
  };

  readonly #ask = () => {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      const read = (id: string) =>
        this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)?.value.trim() ?? "";
      this.type = read("type");
      this.subject = read("subject");
      this.#restart();
    }, PAUSE);
  };

  #restart(): void {
    this.#letGo();
    this.#shown = 1;
    void this.#live.refresh();
  }

  readonly #more = async () => {
    this.#shown += 1;
    const held = this.held !== null;
    await this.act("older", () => this.#live.refresh());
    if (held) {
      this.held = this.#live.value ?? null;
    }
  };
}
