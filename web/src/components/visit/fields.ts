// The fields of a site's form: labels above, hints under, problems in their place.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../icons.js";
import type { FieldsView } from "../../pages/visit/view.js";
import type { FieldView } from "../../visit-protocol.js";
import { say } from "../../words.js";

const COMPLETES: Readonly<Record<string, string>> = { email: "email", phone: "tel", name: "name" };
const TYPES: Readonly<Record<string, string>> = { email: "email", phone: "tel" };

/** The fields, as far as they have not been answered yet. */
export function fieldsOf({ fields, answers, problems }: FieldsView): TemplateResult[] {
  return fields.map((field) => oneField(field, answers[field.name] ?? "", problems[field.name]));
}

/** What was written into the fields of a form. */
export function answersIn(
  form: HTMLFormElement,
  fields: readonly FieldView[],
): Record<string, string> {
  const given = new FormData(form);
  const pairs = fields.map(({ name }) => [name, String(given.get(`f-${name}`) ?? "").trim()]);
  return Object.fromEntries(pairs);
}

/** Put the focus where the first problem is. */
export function focusProblem(root: ParentNode): void {
  root.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
}

function oneField(field: FieldView, answer: string, problem: string | undefined): TemplateResult {
  const id = `f-${field.name}`;
  return html`<div class="field" ?data-invalid=${problem !== undefined}>
    <label for=${id}
      ><bdi>${field.label}</bdi>${field.required ? nothing : html` <span class="faint">${say("visit.field.optional")}</span>`}</label
    >
    ${control(field, id, answer, problem !== undefined)}
    ${problem === undefined ? nothing : problemLine(`${id}-problem`, problem)}
  </div>`;
}

/** A problem, where the hint stood. */
export function problemLine(id: string, words: string): TemplateResult {
  return html`<p class="problem" id=${id}>${icon("alert", "i-s")}<span>${words}</span></p>`;
}

function control(field: FieldView, id: string, answer: string, wrong: boolean): TemplateResult {
  const described = wrong ? `${id}-problem` : nothing;
  const invalid = wrong ? "true" : nothing;
  const required = field.required ? "true" : nothing;
  if (field.kind === "choice") {
    return html`<span class="select-wrap"
      ><select class="select" id=${id} name=${id} aria-invalid=${invalid}
        aria-describedby=${described} aria-required=${required}>
        <option value="">${say("visit.field.choose")}</option>
        ${field.choices.map(
          (choice) =>
            html`<option value=${choice.value} ?selected=${choice.value === answer}>${choice.label}</option>`,
        )}</select
      >${icon("down")}</span
    >`;
  }
  if (field.kind === "long_text") {
    return html`<textarea class="textarea" id=${id} name=${id} rows="3" maxlength=${field.max_length}
      dir="auto" aria-invalid=${invalid} aria-describedby=${described} aria-required=${required}
      .defaultValue=${answer}></textarea>`;
  }
  return html`<input class="input" id=${id} name=${id} type=${TYPES[field.kind] ?? "text"} dir="auto"
    maxlength=${field.max_length} autocomplete=${COMPLETES[field.kind] ?? COMPLETES[field.name] ?? "on"}
    aria-invalid=${invalid} aria-describedby=${described} aria-required=${required}
    .defaultValue=${answer} />`;
}
