// The form of a site: where its button may stand, where visitors are led, and what they are offered.
import { html, nothing, type TemplateResult } from "lit";
import type { SiteSettings } from "../../../rest.js";
import { languages, nameOfLanguage, say } from "../../../words.js";
import { byLanguage, choice, group, lines, number, several, text, toggle } from "./controls.js";
import { type Editing, listAt, type Option, optionsOf, seen, textAt } from "./editing.js";
import { hoursForm } from "./hours.js";
import { looksForm } from "./site-looks.js";
import { questions } from "./site-questions.js";

const MODES = ["contact-center", "direct", "call-me-back"] as const;
const TARGETS = ["queue", "workflow", "agent"] as const;
const CALLBACK = {
  now: true,
  scheduled: true,
  days: 7,
  slot: 30,
  notice: 15,
  window: 60,
  tries: 3,
};

type Led = (typeof TARGETS)[number];

/** A site as it is before anything was said of it, in the language of whoever makes it. */
export function blankSite(language: string): SiteSettings {
  return {
    name: "",
    allowed_origins: [],
    webview: false,
    hours: null,
    mode: "contact-center",
    target: { queue: "" },
    languages: [language] as SiteSettings["languages"] & string[],
    form: [],
    consent: null,
    theme: { accent: "#0b5fff", ink: null, position: "end", launcher: {} },
    callback: CALLBACK,
    message: true,
    video: true,
    max_wait_offer: 300,
    identity_required: false,
  };
}

/** The languages of the site, the first being that of whoever speaks none of them. */
export function tongues(edit: Editing): Option[] {
  return listAt<string>(edit, "languages").map((value) => ({
    value,
    words: nameOfLanguage(value),
  }));
}

export function siteForm(edit: Editing): TemplateResult {
  return html`${basics(edit)} ${target(edit)} ${spoken(edit)}
    ${group("questions", say("setup.questions"), say("setup.questions.what"), questions(edit, tongues(edit)))}
    ${consent(edit)} ${group("looks", say("setup.looks"), say("setup.looks.what"), looksForm(edit, tongues(edit)))}
    ${instead(edit)}
    ${group("hours", say("setup.hours"), say("setup.site.hours.what"), hoursForm(edit, "hours", say("setup.site.hours.queue")))}`;
}

function basics(edit: Editing): TemplateResult {
  return group(
    "basics",
    say("setup.basics"),
    "",
    html`${text(edit, "name", { label: say("setup.name"), required: true, most: 128 })}
      ${lines(edit, "allowed_origins", {
        label: say("setup.origins"),
        hint: say("setup.origins.hint"),
        placeholder: "https://shop.example",
        code: true,
      })}
      ${toggle(edit, "webview", { label: say("setup.webview"), hint: say("setup.webview.hint") })}
      ${toggle(edit, "identity_required", { label: say("setup.identity_required"), hint: say("setup.identity_required.hint") })}`,
  );
}

// --- where visitors are led

function target(edit: Editing): TemplateResult {
  const led = ledTo(edit);
  const allowed = textAt(edit, "mode") === "direct" ? (["queue", "agent"] as const) : TARGETS;
  const chosen = { queue: "queues", workflow: "workflows", agent: "agents" } as const;
  return group(
    "target",
    say("setup.target"),
    "",
    html`${choice(edit, "mode", {
      label: say("setup.mode"),
      hint: say(`setup.mode.${modeOf(edit)}.hint`),
      options: MODES.map((value) => ({ value, words: say(`setup.mode.${value}`) })),
    })}
      <div class="two-up">
        ${choice(asLed(edit, led), "target", {
          label: say("setup.target.kind"),
          options: allowed.map((value) => ({ value, words: say(`setup.target.${value}`) })),
        })}
        ${choice(edit, `target.${led}`, {
          label: say(`setup.target.${led}`),
          required: true,
          empty: say("setup.choose"),
          options: optionsOf(edit.known[chosen[led]]),
        })}
      </div>
      ${toggle(edit, "video", { label: say("setup.video") })}`,
  );
}

function modeOf(edit: Editing): (typeof MODES)[number] {
  return MODES.find((each) => each === edit.at("mode")) ?? MODES[0];
}

function ledTo(edit: Editing): Led {
  const there = (edit.at("target") ?? {}) as Partial<Record<Led, string | null>>;
  return TARGETS.find((each) => typeof there[each] === "string") ?? "queue";
}

/** Which sort of thing the target is, as something to choose. */
function asLed(edit: Editing, led: Led): Editing {
  const set = (_: string, value: unknown) => edit.set("target", { [String(value)]: "" });
  return seen(edit, () => led, set);
}

// --- languages and consent

function spoken(edit: Editing): TemplateResult {
  const chosen = tongues(edit);
  return group(
    "languages",
    say("setup.languages"),
    say("setup.languages.what"),
    html`${several(edit, "languages", {
      label: say("setup.languages"),
      options: languages.map((value) => ({ value, words: nameOfLanguage(value) })),
    })}
      ${chosen.length > 1 ? choice(asFirst(edit), "languages-first", { label: say("setup.languages.first"), options: chosen }) : nothing}`,
  );
}

/** The language that comes first, as something to choose. */
function asFirst(edit: Editing): Editing {
  const chosen = listAt<string>(edit, "languages");
  const set = (_: string, value: unknown) =>
    edit.set("languages", [value, ...chosen.filter((each) => each !== value)]);
  return seen(edit, () => chosen[0], set);
}

function consent(edit: Editing): TemplateResult {
  const asked = edit.at("consent") !== null;
  const blank = { version: new Date().toISOString().slice(0, 10), text: {}, required: false };
  return group(
    "consent",
    say("setup.consent"),
    say("setup.consent.what"),
    html`${toggle(asThere(edit, "consent", blank), "consent-asked", { label: say("setup.consent.ask") })}
      ${
        asked
          ? html`${text(edit, "consent.version", { label: say("setup.consent.version"), hint: say("setup.consent.version.hint"), required: true, most: 64 })}
              ${byLanguage(edit, "consent.text", tongues(edit), { label: say("setup.consent.text"), most: 4000, long: true, needs: "all" })}
              ${toggle(edit, "consent.required", { label: say("setup.consent.required"), hint: say("setup.consent.required.hint") })}`
          : nothing
      }`,
  );
}

/** Whether there is anything at `path`, as yes or no; `blank` is what is there at first. */
function asThere(edit: Editing, path: string, blank: unknown): Editing {
  const set = (_: string, on: unknown) => edit.set(path, on ? blank : null);
  return seen(edit, () => edit.at(path) !== null, set);
}

// --- instead of waiting

function instead(edit: Editing): TemplateResult {
  return group(
    "instead",
    say("setup.instead"),
    say("setup.instead.what"),
    html`${number(edit, "max_wait_offer", {
      label: say("setup.max_wait_offer"),
      hint: say("setup.max_wait_offer.hint"),
      min: 0,
      max: 86_400,
      unit: "second",
      empty: say("setup.never"),
    })}
      ${toggle(edit, "message", { label: say("setup.message") })}
      ${toggle(asThere(edit, "callback", CALLBACK), "callback", { label: say("setup.callback") })}
      ${edit.at("callback") === null ? nothing : callback(edit)}`,
  );
}

function callback(edit: Editing): TemplateResult {
  return html`<div class="inset">
    ${toggle(edit, "callback.now", { label: say("setup.callback.now") })}
    ${toggle(edit, "callback.scheduled", { label: say("setup.callback.scheduled") })}
    <div class="two-up">
      ${number(edit, "callback.days", { label: say("setup.callback.days"), min: 1, max: 60, unit: "day" })}
      ${number(edit, "callback.slot", { label: say("setup.callback.slot"), min: 5, max: 240, unit: "minute" })}
      ${number(edit, "callback.notice", { label: say("setup.callback.notice"), min: 0, max: 1440, unit: "minute" })}
      ${number(edit, "callback.window", { label: say("setup.callback.window"), min: 5, max: 1440, unit: "minute" })}
      ${number(edit, "callback.tries", { label: say("setup.callback.tries"), min: 1, max: 10 })}
    </div>
  </div>`;
}
