// What visitors of a site are asked before they are led on: the questions of its form, in order.
import { html, nothing, type TemplateResult } from "lit";
import { say } from "../../../words.js";
import { byLanguage, choice, number, text, toggle } from "./controls.js";
import { type Editing, entriesAt, listAt, type Option, seen, textAt } from "./editing.js";
import { rows } from "./rows.js";

const KINDS = ["name", "email", "phone", "text", "textarea", "select"] as const;

export function questions(edit: Editing, tongues: readonly Option[]): TemplateResult {
  return rows(edit, "form", {
    label: say("setup.questions"),
    add: say("setup.question.add"),
    none: say("setup.questions.none"),
    most: 20,
    ordered: true,
    blank: () => blankQuestion(listAt<{ key: string }>(edit, "form").map(({ key }) => key)),
    legend: (n) => titleOf(edit, `form[${n}]`) || say("setup.question", { count: n + 1 }),
    body: (path) => question(edit, path, tongues),
  });
}

/** A question with a key that no other has. */
export function blankQuestion(keys: readonly string[]) {
  const numbers = keys.map((_, n) => n + 1).concat(keys.length + 1);
  const free = numbers.find((n) => !keys.includes(`question_${n}`)) ?? 1;
  const key = keys.includes("name") ? `question_${free}` : "name";
  return {
    key,
    kind: key === "name" ? "name" : "text",
    label: {},
    required: false,
    max_length: 200,
    options: [],
  };
}

function titleOf(edit: Editing, path: string): string {
  const [[, first] = ["", ""]] = entriesAt<string>(edit, `${path}.label`);
  return first;
}

function question(edit: Editing, path: string, tongues: readonly Option[]): TemplateResult {
  const kind = textAt(edit, `${path}.kind`);
  return html`<div class="two-up">
      ${choice(asKind(edit, path), `${path}.kind`, {
        label: say("setup.question.kind"),
        options: KINDS.map((value) => ({ value, words: say(`setup.question.${value}`) })),
      })}
      ${text(edit, `${path}.key`, { label: say("setup.question.key"), hint: say("setup.question.key.hint"), required: true, most: 32, code: true, pattern: { like: "[a-z][a-z0-9_]*", words: say("setup.question.key.hint") } })}
      ${kind === "select" ? nothing : number(edit, `${path}.max_length`, { label: say("setup.question.most"), min: 1, max: 4000 })}
    </div>
    ${byLanguage(edit, `${path}.label`, tongues, { label: say("setup.question.label"), most: 200, needs: "first" })}
    ${toggle(edit, `${path}.required`, { label: say("setup.question.required") })}
    ${kind === "select" ? options(edit, `${path}.options`, tongues) : nothing}`;
}

/** Only a select has options. */
function asKind(edit: Editing, path: string): Editing {
  const first = [{ value: "1", label: {} }];
  const set: Editing["set"] = (place, value) => {
    edit.set(place, value);
    edit.set(`${path}.options`, value === "select" ? first : []);
  };
  return seen(edit, (place) => edit.at(place), set);
}

function options(edit: Editing, path: string, tongues: readonly Option[]): TemplateResult {
  return rows(edit, path, {
    label: say("setup.options"),
    add: say("setup.option.add"),
    most: 50,
    least: 1,
    ordered: true,
    blank: () => ({ value: String(listAt(edit, path).length + 1), label: {} }),
    legend: (n) => titleOf(edit, `${path}[${n}]`) || say("setup.option", { count: n + 1 }),
    body: (
      place,
    ) => html`${text(edit, `${place}.value`, { label: say("setup.option.value"), hint: say("setup.option.value.hint"), required: true, most: 100, code: true })}
      ${byLanguage(edit, `${place}.label`, tongues, { label: say("setup.option.label"), most: 200, needs: "first" })}`,
  });
}
