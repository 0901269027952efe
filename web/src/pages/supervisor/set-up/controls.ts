// The controls of a form, each named by its path: a label, what it is for, and what is wrong with it.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../../icons.js";
import { nameOfLanguage, say } from "../../../words.js";
import { type Editing, entriesAt, listAt, type Option, seen, textAt } from "./editing.js";
import { span, type Unit, unitOf } from "./spans.js";
import type { Trouble } from "./troubles.js";

type Drawn = TemplateResult | typeof nothing;

/** What is said of every control. */
export interface Named {
  readonly label: string;
  readonly hint?: string;
}

export interface TextLike extends Named {
  readonly required?: boolean;
  readonly most?: number;
  readonly placeholder?: string;
  /** It is not words of people: an address, a key. */
  readonly code?: boolean;
  readonly suggestions?: readonly string[];
  /** What it must look like, and how that is said. */
  readonly pattern?: { readonly like: string; readonly words: string };
}

/** `empty`: what it means when nothing is written; without it a number is needed. */
export interface NumberLike extends Named {
  readonly min: number;
  readonly max: number;
  readonly unit?: Unit;
  readonly empty?: string;
}

/** A card with a heading, what it is about, and its controls. */
export function group(id: string, title: string, what: string, content: unknown): TemplateResult {
  return html`<section class="card part" aria-labelledby="part-${id}">
    <div class="part-head">
      <h2 id="part-${id}">${title}</h2>
      ${what ? html`<p class="small muted">${what}</p>` : nothing}
    </div>
    <div class="fields">${content}</div>
  </section>`;
}

export function text(edit: Editing, path: string, spec: TextLike): TemplateResult {
  const { required = false, most, placeholder, code, suggestions, pattern } = spec;
  return framed(
    edit,
    path,
    spec,
    html`<input class="input ${code ? "mono" : ""}" id=${path} data-path=${path} autocomplete="off" .value=${textAt(edit, path)}
        ?required=${required} maxlength=${most ?? nothing} placeholder=${placeholder ?? nothing} dir=${code ? "ltr" : "auto"}
        pattern=${pattern?.like ?? nothing} title=${pattern?.words ?? nothing}
        spellcheck=${code ? "false" : nothing} list=${suggestions ? `${path}-list` : nothing}
        aria-invalid=${invalid(edit, path)} aria-describedby=${described(edit, path, spec)}
        @input=${(event: Event) => edit.set(path, writtenIn(event))} />
      ${suggestions ? html`<datalist id="${path}-list">${suggestions.map((each) => html`<option value=${each}></option>`)}</datalist>` : nothing}`,
  );
}

export function area(
  edit: Editing,
  path: string,
  spec: TextLike & { readonly rows?: number },
): TemplateResult {
  return framed(
    edit,
    path,
    spec,
    html`<textarea class="textarea" id=${path} data-path=${path} dir="auto" rows=${spec.rows ?? 3} .value=${textAt(edit, path)}
      ?required=${spec.required ?? false} maxlength=${spec.most ?? nothing} aria-invalid=${invalid(edit, path)}
      aria-describedby=${described(edit, path, spec)} @input=${(event: Event) => edit.set(path, writtenIn(event))}></textarea>`,
  );
}

/** Texts one below the other, each on a line of its own; empty lines are left out when it is saved. */
export function lines(edit: Editing, path: string, spec: TextLike): TemplateResult {
  const set = (event: Event) => {
    const written = writtenIn(event);
    edit.set(path, written === "" ? [] : written.split("\n"));
  };
  return framed(
    edit,
    path,
    spec,
    html`<textarea class="textarea ${spec.code ? "mono" : ""}" id=${path} data-path=${path} dir=${spec.code ? "ltr" : "auto"} rows="3"
      placeholder=${spec.placeholder ?? nothing} spellcheck="false" .value=${listAt(edit, path).join("\n")}
      aria-invalid=${invalid(edit, path)} aria-describedby=${described(edit, path, spec)} @input=${set}></textarea>`,
  );
}

/** An expression; where it is wrong it is shown with a mark under the character. */
export function expression(
  edit: Editing,
  path: string,
  spec: Named & { readonly required?: boolean; readonly placeholder?: string },
): TemplateResult {
  const trouble = edit.trouble(path);
  return framed(
    edit,
    path,
    spec,
    html`<textarea class="textarea mono expression" id=${path} data-path=${path} dir="ltr" rows="2" spellcheck="false"
        autocapitalize="none" .value=${textAt(edit, path)} ?required=${spec.required ?? false} maxlength="2000"
        placeholder=${spec.placeholder ?? nothing} aria-invalid=${invalid(edit, path)}
        aria-describedby=${described(edit, path, spec)}
        @input=${(event: Event) => edit.set(path, writtenIn(event))}></textarea>
      ${trouble?.position ? marked(textAt(edit, path), trouble.position) : nothing}`,
  );
}

/** The text with a mark where it is wrong; the end of it is a place too. */
function marked(written: string, position: number): TemplateResult {
  const before = written.slice(0, position - 1);
  const there = written.slice(position - 1, position);
  return html`<pre class="marked" dir="ltr" aria-hidden="true">${before}<mark>${there.trim() ? there : "\u2423"}</mark>${written.slice(position)}</pre>`;
}

export function number(edit: Editing, path: string, spec: NumberLike): TemplateResult {
  const { min, max, unit, empty } = spec;
  const written = edit.at(path);
  const set = (event: Event) => {
    const { value } = event.target as HTMLInputElement;
    edit.set(path, value === "" ? null : Number(value));
  };
  return framed(
    edit,
    path,
    spec,
    html`<span class="measure">
      <input class="input num" id=${path} data-path=${path} type="number" inputmode="numeric" step="1" min=${min} max=${max} dir="ltr"
        .value=${written === null || written === undefined ? "" : String(written)} ?required=${empty === undefined}
        placeholder=${empty ?? nothing} aria-invalid=${invalid(edit, path)}
        aria-describedby=${described(edit, path, spec, unit ? [`${path}-unit`] : [])} @input=${set} />
      ${unit ? html`<span class="small muted unit" id="${path}-unit">${unitOf(unit)}${alsoSaid(written, unit)}</span>` : nothing}
    </span>`,
  );
}

/** Seconds of a minute and more are said in minutes too. */
function alsoSaid(written: unknown, unit: Unit): string {
  return unit === "second" && typeof written === "number" && written >= 60
    ? ` = ${span(written)}`
    : "";
}

/** One of several. `empty`: what it is called when none of them is chosen. */
export function choice(
  edit: Editing,
  path: string,
  spec: Named & {
    readonly options: readonly Option[];
    readonly empty?: string;
    readonly required?: boolean;
  },
): TemplateResult {
  const chosen = textAt(edit, path);
  const { options, empty } = spec;
  const missing = chosen !== "" && !options.some(({ value }) => value === chosen);
  const set = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    edit.set(path, value === "" && empty !== undefined ? null : value);
  };
  return framed(
    edit,
    path,
    spec,
    html`<span class="select-wrap"
      ><select class="select input" id=${path} data-path=${path} ?required=${spec.required ?? false} aria-invalid=${invalid(edit, path)}
        aria-describedby=${described(edit, path, spec)} @change=${set}>
        ${empty === undefined ? nothing : html`<option value="" .selected=${chosen === ""}>${empty}</option>`}
        ${missing ? html`<option value=${chosen} selected>${say("setup.unknown")}</option>` : nothing}
        ${options.map(({ value, words }) => html`<option value=${value} .selected=${value === chosen}>${words}</option>`)}
      </select>${icon("down")}</span
    >`,
  );
}

/** Yes or no. */
export function toggle(edit: Editing, path: string, spec: Named): TemplateResult {
  return html`<div class="field">
    <label class="check"
      ><input type="checkbox" id=${path} data-path=${path} .checked=${edit.at(path) === true} aria-invalid=${invalid(edit, path)}
        aria-describedby=${described(edit, path, spec)}
        @change=${(event: Event) => edit.set(path, (event.target as HTMLInputElement).checked)} /><span>${spec.label}</span></label
    >
    ${below(edit, path, spec)}
  </div>`;
}

/** Any of several; they are kept in the order in which they were chosen. */
export function several(
  edit: Editing,
  path: string,
  spec: Named & { readonly options: readonly Option[] },
): TemplateResult {
  const chosen = listAt<string>(edit, path);
  const set = (value: string, on: boolean) =>
    edit.set(path, on ? [...chosen, value] : chosen.filter((each) => each !== value));
  return html`<fieldset class="field" id=${path} data-path=${path} tabindex="-1" aria-describedby=${described(edit, path, spec)}>
    <legend class="legend">${spec.label}</legend>
    <div class="checks">
      ${spec.options.map(
        ({ value, words }) => html`<label class="check"
          ><input type="checkbox" .checked=${chosen.includes(value)}
            @change=${(event: Event) => set(value, (event.target as HTMLInputElement).checked)} /><span>${words}</span></label
        >`,
      )}
    </div>
    ${below(edit, path, spec)}
  </fieldset>`;
}

/** The same words by language: a control for each of `languages` and for what is there already.
 * `needs`: in which of them something must be written. */
export function byLanguage(
  edit: Editing,
  path: string,
  languages: readonly Option[],
  spec: Named & {
    readonly most: number;
    readonly long?: boolean;
    readonly needs?: "all" | "first";
  },
): TemplateResult {
  const { most, needs } = spec;
  const draw = spec.long ? area : text;
  const must = (n: number) =>
    n < languages.length && (needs === "all" || (needs === "first" && n === 0));
  const there = entriesAt(edit, path).map(([language]) => language);
  const left = there.filter((each) => !languages.some(({ value }) => value === each));
  const shown = [...languages, ...left.map((value) => ({ value, words: nameOfLanguage(value) }))];
  return html`<fieldset class="field" data-path=${path} id=${path} tabindex="-1" aria-describedby=${described(edit, path, spec)}>
    <legend class="legend">${spec.label}</legend>
    <div class="tongues">
      ${shown.map(({ value, words }, n) => draw(emptied(edit), `${path}.${value}`, { label: words, most, required: must(n) }))}
    </div>
    ${below(edit, path, spec)}
  </fieldset>`;
}

/** As `edit`, but what is emptied is taken away. */
function emptied(edit: Editing): Editing {
  const set: Editing["set"] = (path, value) => edit.set(path, value === "" ? undefined : value);
  return seen(edit, (path) => edit.at(path), set);
}

// --- what all of them share

function framed(edit: Editing, path: string, spec: Named, control: Drawn): TemplateResult {
  return html`<div class="field" ?data-invalid=${edit.trouble(path) !== undefined}>
    <label for=${path}>${spec.label}</label>
    ${control} ${below(edit, path, spec)}
  </div>`;
}

function below(edit: Editing, path: string, { hint }: Named): TemplateResult {
  return html`${problemAt(edit.trouble(path), path)}${hint ? html`<p class="hint" id="${path}-hint">${hint}</p>` : nothing}`;
}

/** What is wrong, beside the control. */
export function problemAt(trouble: Trouble | undefined, path: string): Drawn {
  return trouble
    ? html`<p class="problem" id="${path}-problem">
        ${icon("alert", "i-s")}<span>${trouble.words}${trouble.detail ? html` <span lang="en" dir="ltr">${trouble.detail}</span>` : nothing}</span>
      </p>`
    : nothing;
}

export function invalid(edit: Editing, path: string): "true" | typeof nothing {
  return edit.trouble(path) ? "true" : nothing;
}

export function described(
  edit: Editing,
  path: string,
  { hint }: Named,
  more: readonly string[] = [],
): string | typeof nothing {
  const ids = [edit.trouble(path) ? `${path}-problem` : "", ...more, hint ? `${path}-hint` : ""];
  return ids.filter(Boolean).join(" ") || nothing;
}

export function writtenIn(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;
}
