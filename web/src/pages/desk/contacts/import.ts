// The dialog in which a file of contacts is looked at and taken in.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import dialogStyles from "../../../components/dialogs/dialog.css?inline";
import { OffhookDialog } from "../../../components/dialogs/dialog.js";
import { sheets } from "../../../components/element.js";
import { icon } from "../../../icons.js";
import type { ContactImport } from "../../../rest.js";
import { type Key, say } from "../../../words.js";
import formStyles from "../../office/form.css?inline";
import styles from "./import.css?inline";
import type { Counts, Importing } from "./importing.js";
import { regions } from "./regions.js";
import { wordsOf } from "./words.js";

/** What a column may hold, and how that is called. */
const FIELDS: readonly (readonly [string, Key])[] = [
  ["-", "contact.import.column.none"],
  ["name", "contact.name"],
  ["first_name", "contact.first_name"],
  ["last_name", "contact.last_name"],
  ["company", "contact.company"],
  ["email", "contact.emails"],
  ["phone", "contact.phones"],
  ["language", "desk.language"],
  ["notes", "desk.notes"],
];
const ENCODINGS: Readonly<Record<string, string>> = {
  "utf-8": "UTF-8",
  "windows-1252": "Windows-1252 (Latin-1)",
};
/** Problems that are shown at once. */
const SHOWN = 50;

/** Reports `close`; what is pressed goes to the import itself. */
@customElement("oh-contact-import")
export class ContactImportDialog extends OffhookDialog {
  static override styles = sheets(dialogStyles, formStyles, styles);

  @property({ attribute: false }) importing: Importing | null = null;

  protected title_(): string {
    return say("contact.import.title");
  }

  protected body(): TemplateResult {
    const { importing } = this;
    if (!importing) {
      return html``;
    }
    return html`<div class="steps">
      <div role="alert">
        ${importing.problem ? html`<p class="notice" data-tone="end">${icon("alert")}<span class="grow">${importing.problem}</span></p>` : nothing}
      </div>
      ${this.#step(importing)}
    </div>`;
  }

  #step(importing: Importing): TemplateResult {
    switch (importing.step) {
      case "running":
      case "stopped":
        return this.#running(importing);
      case "done":
        return this.#done(importing);
      default:
        return this.#looking(importing);
    }
  }

  #looking(importing: Importing): TemplateResult {
    const { preview, step, worth } = importing;
    const reading = step === "reading";
    return html`<div class="field">
        <label for="file">${say("contact.import.file")}</label>
        <input class="file" id="file" type="file" accept=".csv,.tsv,.txt,text/csv" aria-describedby="file-about"
          @change=${this.#chosen} />
        <p class="hint" id="file-about">${say("contact.import.file.what")}</p>
      </div>
      ${this.#region(importing)}
      <div role="status">${reading ? html`<p class="small muted busy">${icon("spin", "i-s turning")}${say("contact.import.reading")}</p>` : nothing}</div>
      ${preview ? this.#preview(importing, preview) : nothing}
      <div class="answers">
        <button class="btn" type="button" @click=${() => this.dialog.close()}>${say("control.cancel")}</button>
        <button class="btn btn-ink" type="button" ?disabled=${step !== "looking" || worth === 0} @click=${() => importing.run()}>
          ${worth > 0 ? say("contact.import.start", { count: worth }) : say("contact.import")}
        </button>
      </div>`;
  }

  #region(importing: Importing): TemplateResult {
    return html`<div class="field">
      <label for="region">${say("contact.import.region")}</label>
      <span class="select-wrap">
        <select class="input select" id="region"
          @change=${(event: Event) => importing.chooseRegion((event.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${importing.region === ""}>${say("contact.import.region.none")}</option>
          ${regions().map(({ code, name }) => html`<option value=${code} ?selected=${code === importing.region}>${name}</option>`)}
        </select>${icon("down")}
      </span>
    </div>`;
  }

  #preview(importing: Importing, preview: ContactImport): TemplateResult {
    const encoding = ENCODINGS[preview.encoding] ?? preview.encoding;
    const delimiter = say(`contact.import.${preview.delimiter}`);
    return html`${counts(preview)}
      ${importing.worth === 0 && importing.step === "looking" && !importing.problem ? html`<p class="small muted">${say("contact.import.nothing")}</p>` : nothing}
      <section class="columns" aria-labelledby="columns">
        <h3 id="columns">${say("contact.import.columns")}</h3>
        <p class="hint">${say("contact.import.read_as", { encoding, delimiter })}</p>
        <ul>${preview.columns.map(({ head, field }, place) => this.#column(importing, place, head, field))}</ul>
      </section>
      ${preview.problems.length > 0 ? problems(preview) : nothing}`;
  }

  #column(importing: Importing, place: number, head: string, field: string): TemplateResult {
    const own = field.startsWith("attributes.") ? [[field, null] as const] : [];
    return html`<li>
      <label for="column-${place}" class="cut"><bdi>${head || place + 1}</bdi></label>
      <span class="select-wrap">
        <select class="input select" id="column-${place}"
          @change=${(event: Event) => importing.chooseColumn(place, (event.target as HTMLSelectElement).value)}>
          ${[...FIELDS, ...own].map(
            ([value, key]) =>
              html`<option value=${value} ?selected=${value === field}>${key ? say(key) : value.replace("attributes.", "")}</option>`,
          )}
        </select>${icon("down")}
      </span>
    </li>`;
  }

  #running(importing: Importing): TemplateResult {
    const { done, preview, step } = importing;
    const rows = preview?.rows ?? 0;
    return html`<div class="field">
        <label for="progress">${say("contact.import.running", { done, rows })}</label>
        <progress id="progress" max=${rows} .value=${done}></progress>
      </div>
      ${step === "stopped" ? this.#stopped(importing) : nothing}`;
  }

  #stopped(importing: Importing): TemplateResult {
    return html`<p class="small muted">${say("contact.import.stopped")}</p>
      <div class="answers">
        <button class="btn" type="button" @click=${() => this.dialog.close()}>${say("control.close")}</button>
        <button class="btn btn-ink" type="button" @click=${() => importing.run()}>${say("control.retry")}</button>
      </div>`;
  }

  #done(importing: Importing): TemplateResult {
    return html`<div role="status" class="done">
        <p class="finished">${icon("check")}<span>${say("contact.import.done")}</span></p>
        ${counts(importing.counts)}
      </div>
      <div class="answers">
        <button class="btn btn-ink" type="button" autofocus @click=${() => this.dialog.close()}>${say("control.close")}</button>
      </div>`;
  }

  readonly #chosen = (event: Event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) {
      void this.importing?.choose(file);
    }
  };
}

function counts({ created, updated, unchanged, failed }: Counts): TemplateResult {
  return html`<ul class="counts">
    <li class="badge" data-tone=${created > 0 ? "info" : nothing}>${say("contact.import.created", { count: created })}</li>
    <li class="badge" data-tone=${updated > 0 ? "info" : nothing}>${say("contact.import.updated", { count: updated })}</li>
    <li class="badge">${say("contact.import.unchanged", { count: unchanged })}</li>
    <li class="badge" data-tone=${failed > 0 ? "wait" : nothing}>${say("contact.import.failed", { count: failed })}</li>
  </ul>`;
}

function problems(preview: ContactImport): TemplateResult {
  return html`<section class="columns" aria-labelledby="problems">
    <h3 id="problems">${say("contact.import.problems")}</h3>
    <ul class="problems" tabindex="0" aria-labelledby="problems">
      ${preview.problems
        .slice(0, SHOWN)
        .map(
          (each) =>
            html`<li><span class="faint num">${say("contact.import.line", { line: each.line })}</span><span>${wordsOf(each)}</span></li>`,
        )}
    </ul>
  </section>`;
}
