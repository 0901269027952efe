// The panel's forms: before the call, for a callback, for a message.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icon } from "../../icons.js";
import type { BookView, FormView, WriteView } from "../../pages/visit/view.js";
import { say } from "../../words.js";
import { answersIn, fieldsOf, focusProblem, problemLine } from "./fields.js";
import { VisitStep } from "./step.js";

abstract class VisitForm extends VisitStep {
  @property({ type: Boolean }) busy = false;
  @query("form") protected readonly form!: HTMLFormElement;

  /** The focus goes to the first problem when there are new ones. */
  override updated(changed: PropertyValues): void {
    const before = changed.get("view") as { problems?: object } | undefined;
    const now = (this as unknown as { view: { problems: object } }).view.problems;
    if (before && before.problems !== now && Object.keys(now).length > 0) {
      focusProblem(this.renderRoot);
    }
  }

  protected button(words: string, name: "phone" | "calendar" | "send", look: string) {
    return html`<button class="btn ${look} btn-l btn-block" type="submit"
      aria-busy=${this.busy ? "true" : nothing}>${icon(this.busy ? "spin" : name)}${words}</button>`;
  }

  protected back(): TemplateResult {
    return html`<button class="btn btn-quiet btn-block" type="button"
      @click=${this.press({ do: "go", step: null })}>${say("visit.check.back")}</button>`;
  }
}

/** The questions before a call, the consent, and the button that calls. */
@customElement("oh-visit-form")
export class VisitQuestions extends VisitForm {
  @property({ attribute: false }) view!: FormView;
  @state() private unread = false;

  override render(): TemplateResult {
    const { view } = this;
    return html`<p class="muted">${view.lead}</p>
      <form class="stack" novalidate @submit=${this.#submit}>
        ${fieldsOf(view)} ${view.consent ? this.#consent(view.consent) : nothing}
        ${this.button(say("visit.call"), "phone", "btn-open")}
        ${
          view.write
            ? html`<button class="btn btn-quiet btn-block" type="button"
                @click=${this.press({ do: "go", step: "write" })}>${icon("chat", "i-s")}${say("visit.write")}</button>`
            : nothing
        }
      </form>
      <p class="hint">${say("visit.microphone.later")}</p>`;
  }

  #consent({ text, required }: NonNullable<FormView["consent"]>): TemplateResult {
    const wrong = this.unread && required;
    return html`<div class="stack tight">
      <label class="check small"
        ><input type="checkbox" name="consent" .checked=${this.view.agreed}
          aria-describedby="consent-hint" aria-invalid=${wrong ? "true" : nothing} /><span dir="auto"
          class="consent">${text}</span></label>
      ${
        wrong
          ? problemLine("consent-hint", say("visit.consent.needed"))
          : html`<p class="hint" id="consent-hint">${say(required ? "visit.consent.needed" : "visit.consent.optional")}</p>`
      }
    </div>`;
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const box = this.form.querySelector<HTMLInputElement>("[name=consent]");
    const agreed = box?.checked ?? false;
    this.unread = Boolean(this.view.consent?.required) && !agreed;
    if (this.unread) {
      box?.focus();
    } else if (!this.busy) {
      this.act({ do: "fill", answers: answersIn(this.form, this.view.fields), agreed });
    }
  };
}

/** When to be called back. */
@customElement("oh-visit-book")
export class VisitBooking extends VisitForm {
  @property({ attribute: false }) view!: BookView;
  @state() private later: boolean | null = null;
  @state() private day = 0;
  @state() private missing = false;

  override render(): TemplateResult {
    const { view } = this;
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${view.now && view.days.length > 0 ? this.#when() : nothing}
      ${this.#isLater ? this.#times() : html`<p class="hint">${say("visit.callback.now.hint")}</p>`}
      ${fieldsOf(view)}
      <div class="field">
        <label for="email"
          >${say("visit.callback.email")} <span class="faint">${say("visit.field.optional")}</span></label
        ><input class="input" id="email" name="email" type="email" autocomplete="email" dir="auto" />
      </div>
      ${this.button(say("visit.callback.book"), "calendar", "btn-ink")} ${this.back()}
    </form>`;
  }

  get #isLater(): boolean {
    const { now, days } = this.view;
    return days.length > 0 && (this.later ?? !now);
  }

  #when(): TemplateResult {
    const choice = (later: boolean, words: string) =>
      html`<label class="check"
        ><input type="radio" name="when" .checked=${this.#isLater === later}
          @change=${() => {
            this.later = later;
          }} /><span>${words}</span></label
      >`;
    return html`<fieldset class="stack">
      <legend class="vh">${say("visit.callback")}</legend>
      ${choice(false, say("visit.callback.now"))} ${choice(true, say("visit.callback.later"))}
    </fieldset>`;
  }

  #times(): TemplateResult {
    const { days, zone } = this.view;
    const day = days[Math.min(this.day, days.length - 1)];
    return html`<div class="two">
        <div class="field">
          <label for="day">${say("visit.callback.day")}</label>
          <span class="select-wrap"
            ><select class="select" id="day" @change=${this.#chose}>
              ${days.map(({ name }, place) => html`<option value=${place}>${name}</option>`)}</select
            >${icon("down")}</span
          >
        </div>
        <div class="field">
          <label for="at">${say("visit.callback.time")}</label>
          <span class="select-wrap"
            ><select class="select" id="at" name="at" aria-invalid=${this.missing ? "true" : nothing}
              aria-describedby="zone">
              ${day?.times.map(({ at, name }) => html`<option value=${at}>${name}</option>`)}</select
            >${icon("down")}</span
          >
        </div>
      </div>
      ${
        this.missing
          ? problemLine("zone", say("visit.callback.no_time"))
          : html`<p class="hint" id="zone">${zone}</p>`
      }`;
  }

  readonly #chose = (event: Event) => {
    this.day = Number((event.target as HTMLSelectElement).value);
  };

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const given = new FormData(this.form);
    const at = this.#isLater ? String(given.get("at") ?? "") : null;
    this.missing = at === "";
    if (!this.missing && !this.busy) {
      const answers = answersIn(this.form, this.view.fields);
      this.act({ do: "book", at, email: String(given.get("email") ?? "").trim(), answers });
    }
  };
}

/** A message instead of a call. */
@customElement("oh-visit-write")
export class VisitWriting extends VisitForm {
  @property({ attribute: false }) view!: WriteView;
  @state() private missing = false;

  override render(): TemplateResult {
    const { missing } = this;
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      ${fieldsOf(this.view)}
      <div class="field" ?data-invalid=${missing}>
        <label for="text">${say("visit.message.text")}</label>
        <textarea class="textarea" id="text" name="text" rows="5" maxlength="4000" dir="auto"
          aria-required="true" aria-invalid=${missing ? "true" : nothing} aria-describedby="text-hint"></textarea>
        ${
          missing
            ? problemLine("text-hint", say("visit.message.missing"))
            : html`<p class="hint" id="text-hint">${say("visit.message.hint")}</p>`
        }
      </div>
      ${this.button(say("visit.message.send"), "send", "btn-ink")} ${this.back()}
    </form>`;
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const field = this.form.querySelector<HTMLTextAreaElement>("#text");
    const text = field?.value.trim() ?? "";
    this.missing = text === "";
    if (this.missing) {
      field?.focus();
    } else if (!this.busy) {
      this.act({ do: "write", text, answers: answersIn(this.form, this.view.fields) });
    }
  };
}
