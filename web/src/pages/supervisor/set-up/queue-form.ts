// The form of a queue: who takes what waits in it, how it is offered, and for how long it waits.
import { html, type TemplateResult } from "lit";
import type { QueueSettings } from "../../../rest.js";
import { say } from "../../../words.js";
import { choice, expression, group, number, text, toggle } from "./controls.js";
import { type Editing, optionsOf, textAt } from "./editing.js";
import { hoursForm } from "./hours.js";
import { rows } from "./rows.js";

export const STRATEGIES = [
  "longest_idle",
  "round_robin",
  "fewest",
  "least_talk",
  "random",
  "linear",
  "ring_all",
] as const;

/** A queue as it is before anything was said of it. */
export function blankQueue(): QueueSettings {
  return {
    name: "",
    expression: "",
    requirements: [],
    strategy: "longest_idle",
    weight: 60,
    max_offers: 1,
    offer_timeout: 20,
    reject_delay: 10,
    busy_delay: 30,
    no_answer_delay: 60,
    strikes: 3,
    away_activity: null,
    wrap_up: 30,
    wrap_up_extension: 300,
    max_length: null,
    max_wait: null,
    overflow: null,
    otherwise: "",
    resume_within: 60,
    expected_handling: 180,
    hours: null,
    service_level: 20,
    disposition_required: false,
  };
}

export function queueForm(edit: Editing): TemplateResult {
  return html`${basics(edit)} ${takers(edit)} ${offers(edit)} ${wrapUp(edit)} ${limits(edit)}
    ${group("hours", say("setup.hours"), say("setup.queue.hours.what"), hoursForm(edit, "hours", say("setup.hours.always")))}
    ${figures(edit)}`;
}

function basics(edit: Editing): TemplateResult {
  return group(
    "basics",
    say("setup.basics"),
    "",
    html`${text(edit, "name", { label: say("setup.name"), hint: say("setup.queue.name.hint"), required: true, most: 128 })}
      <div class="two-up">
        ${choice(edit, "strategy", {
          label: say("setup.strategy"),
          options: STRATEGIES.map((value) => ({ value, words: say(`setup.strategy.${value}`) })),
        })}
        ${number(edit, "weight", { label: say("setup.weight"), hint: say("setup.weight.hint"), min: 0, max: 3600, unit: "second" })}
      </div>`,
  );
}

function takers(edit: Editing): TemplateResult {
  return group(
    "takers",
    say("setup.takers"),
    say("setup.takers.what"),
    html`${expression(edit, "expression", {
      label: say("setup.queue.expression"),
      hint: say("setup.queue.expression.hint"),
      placeholder: "team == 'support'",
    })}
    <div class="field">
      <p class="legend">${say("setup.requirements")}</p>
      <p class="hint">${say("setup.requirements.hint")}</p>
      ${requirements(edit)}
    </div>`,
  );
}

function requirements(edit: Editing): TemplateResult {
  return rows(edit, "requirements", {
    label: say("setup.requirements"),
    add: say("setup.requirement.add"),
    most: 20,
    ordered: true,
    blank: () => ({ name: "", expression: "", relaxed_after: null }),
    legend: (n) =>
      textAt(edit, `requirements[${n}].name`) || say("setup.requirement", { count: n + 1 }),
    body: (path) => html`<div class="two-up">
        ${text(edit, `${path}.name`, { label: say("setup.name"), hint: say("setup.requirement.name.hint"), most: 128 })}
        ${number(edit, `${path}.relaxed_after`, {
          label: say("setup.relaxed_after"),
          hint: say("setup.relaxed_after.hint"),
          min: 0,
          max: 86_400,
          unit: "second",
          empty: say("setup.never"),
        })}
      </div>
      ${expression(edit, `${path}.expression`, {
        label: say("setup.requirement.expression"),
        required: true,
        placeholder: "skills.fr >= 3",
      })}`,
  });
}

function offers(edit: Editing): TemplateResult {
  const seconds = (name: "reject" | "busy" | "no_answer") =>
    number(edit, `${name}_delay`, {
      label: say(`setup.${name}_delay`),
      min: 0,
      max: 86_400,
      unit: "second",
    });
  return group(
    "offers",
    say("setup.offers"),
    say("setup.offers.what"),
    html`<div class="two-up">
        ${number(edit, "offer_timeout", { label: say("setup.offer_timeout"), min: 5, max: 600, unit: "second" })}
        ${number(edit, "max_offers", { label: say("setup.max_offers"), hint: say("setup.max_offers.hint"), min: 1, max: 50 })}
      </div>
      <div class="two-up">${seconds("reject")} ${seconds("busy")} ${seconds("no_answer")}</div>
      <div class="two-up">
        ${number(edit, "strikes", { label: say("setup.strikes"), hint: say("setup.strikes.hint"), min: 0, max: 20 })}
        ${choice(edit, "away_activity", {
          label: say("setup.away_activity"),
          hint: say("setup.away_activity.hint"),
          options: optionsOf(edit.known.activities?.filter(({ available }) => !available)),
          empty: say("setup.away_activity.any"),
        })}
      </div>`,
  );
}

function wrapUp(edit: Editing): TemplateResult {
  return group(
    "wrap-up",
    say("desk.wrap_up"),
    say("setup.wrap_up.what"),
    html`<div class="two-up">
        ${number(edit, "wrap_up", { label: say("setup.wrap_up"), min: 0, max: 3600, unit: "second" })}
        ${number(edit, "wrap_up_extension", { label: say("setup.wrap_up_extension"), min: 0, max: 3600, unit: "second" })}
      </div>
      ${toggle(edit, "disposition_required", { label: say("setup.disposition_required") })}`,
  );
}

function limits(edit: Editing): TemplateResult {
  const others = edit.known.queues?.filter(({ id }) => id !== edit.at("id"));
  return group(
    "limits",
    say("setup.limits"),
    say("setup.limits.what"),
    html`<div class="two-up">
        ${number(edit, "max_length", { label: say("setup.max_length"), min: 0, max: 10_000, empty: say("setup.no_limit") })}
        ${number(edit, "max_wait", { label: say("setup.max_wait"), min: 0, max: 86_400, unit: "second", empty: say("setup.no_limit") })}
      </div>
      <div class="two-up">
        ${choice(edit, "overflow", {
          label: say("setup.overflow"),
          hint: say("setup.overflow.hint"),
          options: optionsOf(others),
          empty: say("setup.nowhere"),
        })}
        ${choice(edit, "otherwise", {
          label: say("setup.otherwise"),
          options: [
            { value: "", words: say("setup.otherwise.nothing") },
            { value: "callback", words: say("setup.otherwise.callback") },
            { value: "message", words: say("setup.otherwise.message") },
          ],
        })}
      </div>
      ${number(edit, "resume_within", { label: say("setup.resume_within"), hint: say("setup.resume_within.hint"), min: 0, max: 3600, unit: "second" })}`,
  );
}

function figures(edit: Editing): TemplateResult {
  return group(
    "figures",
    say("setup.figures"),
    "",
    html`<div class="two-up">
      ${number(edit, "service_level", { label: say("setup.service_level"), hint: say("setup.service_level.hint"), min: 1, max: 3600, unit: "second" })}
      ${number(edit, "expected_handling", { label: say("setup.expected_handling"), hint: say("setup.expected_handling.hint"), min: 1, max: 86_400, unit: "second" })}
    </div>`,
  );
}
