// The form of a workflow: which filter a task meets, and through which queues it goes then.
import { html, type TemplateResult } from "lit";
import type { WorkflowSettings, WorkflowTarget } from "../../../rest.js";
import { say } from "../../../words.js";
import { choice, expression, group, number, text } from "./controls.js";
import { type Editing, optionsOf, textAt } from "./editing.js";
import { rows } from "./rows.js";

/** A workflow as it is before anything was said of it. */
export function blankWorkflow(): WorkflowSettings {
  return { name: "", filters: [], default: blankStep() };
}

function blankStep(): WorkflowTarget {
  return {
    queue: "",
    priority: null,
    timeout: null,
    expression: "",
    order_by: "",
    skip_if: "",
    preferred_for: 0,
  };
}

export function workflowForm(edit: Editing): TemplateResult {
  return html`${group(
    "basics",
    say("setup.basics"),
    "",
    text(edit, "name", { label: say("setup.name"), required: true, most: 128 }),
  )}
  ${group("filters", say("setup.filters"), say("setup.filters.what"), filters(edit))}
  ${group("default", say("setup.default"), say("setup.default.what"), step(edit, "default"))}`;
}

function filters(edit: Editing): TemplateResult {
  return rows(edit, "filters", {
    label: say("setup.filters"),
    add: say("setup.filter.add"),
    none: say("setup.filters.none"),
    most: 50,
    ordered: true,
    blank: () => ({ name: "", expression: "", targets: [blankStep()] }),
    legend: (n) => textAt(edit, `filters[${n}].name`) || say("setup.filter", { count: n + 1 }),
    body: (path) => html`${text(edit, `${path}.name`, { label: say("setup.name"), most: 128 })}
      ${expression(edit, `${path}.expression`, {
        label: say("setup.filter.expression"),
        hint: say("setup.filter.expression.hint"),
        placeholder: "language == 'fr' AND tier == 'gold'",
      })}
      ${steps(edit, `${path}.targets`)}`,
  });
}

function steps(edit: Editing, path: string): TemplateResult {
  return html`<div class="field">
    <p class="legend">${say("setup.steps")}</p>
    ${rows(edit, path, {
      label: say("setup.steps"),
      add: say("setup.step.add"),
      most: 20,
      least: 1,
      ordered: true,
      blank: blankStep,
      legend: (n) => say("setup.step", { count: n + 1 }),
      body: (place) => step(edit, place),
    })}
  </div>`;
}

function step(edit: Editing, path: string): TemplateResult {
  return html`<div class="two-up">
      ${choice(edit, `${path}.queue`, { label: say("setup.queue"), required: true, empty: say("setup.choose"), options: optionsOf(edit.known.queues) })}
      ${number(edit, `${path}.timeout`, { label: say("setup.step.timeout"), min: 0, max: 86_400, unit: "second", empty: say("setup.no_limit") })}
      ${number(edit, `${path}.priority`, { label: say("live.prioritise.label"), hint: say("setup.priority.hint"), min: 0, max: 1000, empty: say("setup.priority.own") })}
    </div>
    ${more(edit, path)}`;
}

/** What few steps need, unfolded where it is used. */
function more(edit: Editing, path: string): TemplateResult {
  const names = ["expression", "order_by", "skip_if"] as const;
  const used =
    names.some((name) => textAt(edit, `${path}.${name}`) !== "") ||
    Number(edit.at(`${path}.preferred_for`)) > 0;
  const wrong = names.some((name) => edit.trouble(`${path}.${name}`));
  return html`<details ?open=${used || wrong}>
    <summary class="small">${say("setup.step.more")}</summary>
    <div class="fields">
      ${expression(edit, `${path}.expression`, { label: say("setup.step.expression"), hint: say("setup.step.expression.hint"), placeholder: "skills.fr >= 3" })}
      ${expression(edit, `${path}.order_by`, { label: say("setup.step.order_by"), hint: say("setup.step.order_by.hint"), placeholder: "skills.fr DESC" })}
      ${expression(edit, `${path}.skip_if`, { label: say("setup.step.skip_if"), hint: say("setup.step.skip_if.hint"), placeholder: "workers.available == 0" })}
      ${number(edit, `${path}.preferred_for`, { label: say("setup.step.preferred_for"), hint: say("setup.step.preferred_for.hint"), min: 0, max: 86_400, unit: "second" })}
    </div>
  </details>`;
}
