// How the button of a site looks: its colours with their contrast, its corner, its words.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../../icons.js";
import { say } from "../../../words.js";
import { contrast, READABLE, readableOn } from "./colours.js";
import {
  byLanguage,
  choice,
  described,
  invalid,
  problemAt,
  toggle,
  writtenIn,
} from "./controls.js";
import { type Editing, entriesAt, type Option, seen, textAt } from "./editing.js";

const DEFAULT = "#0b5fff";

export function looksForm(edit: Editing, tongues: readonly Option[]): TemplateResult {
  const own = typeof edit.at("theme.ink") === "string";
  return html`<div class="two-up">
      ${colour(edit, "theme.accent", say("setup.accent"))} ${own ? colour(edit, "theme.ink", say("setup.ink")) : nothing}
    </div>
    ${toggle(asOwnInk(edit), "theme-ink-own", { label: say("setup.ink.own"), hint: say("setup.ink.hint") })} ${sample(edit)}
    ${choice(edit, "theme.position", {
      label: say("setup.position"),
      options: [
        { value: "end", words: say("setup.position.end") },
        { value: "start", words: say("setup.position.start") },
      ],
    })}
    ${byLanguage(edit, "theme.launcher", tongues, { label: say("setup.launcher"), hint: say("setup.launcher.hint"), most: 60 })}`;
}

/** A colour, pointed at or written. */
function colour(edit: Editing, path: string, label: string): TemplateResult {
  const written = textAt(edit, path);
  return html`<div class="field" ?data-invalid=${edit.trouble(path) !== undefined}>
    <label for=${path}>${label}</label>
    <span class="colour">
      <input type="color" aria-label=${say("setup.colour.pick", { what: label })} .value=${written.toLowerCase() || DEFAULT}
        @input=${(event: Event) => edit.set(path, writtenIn(event))} />
      <input class="input mono" id=${path} data-path=${path} dir="ltr" required pattern="#[0-9a-fA-F]{6}" title=${say("setup.problem.colour")} maxlength="7" autocomplete="off"
        spellcheck="false" .value=${written} aria-invalid=${invalid(edit, path)} aria-describedby=${described(edit, path, { label })}
        @input=${(event: Event) => edit.set(path, writtenIn(event))} />
    </span>
    ${problemAt(edit.trouble(path), path)}
  </div>`;
}

/** Whether the words have a colour of their own, as yes or no. */
function asOwnInk(edit: Editing): Editing {
  const set = (_: string, on: unknown) =>
    edit.set("theme.ink", on ? readableOn(textAt(edit, "theme.accent")) : null);
  return seen(edit, () => typeof edit.at("theme.ink") === "string", set);
}

/** The button as it will look, and how well it is read. */
function sample(edit: Editing): TemplateResult {
  const accent = textAt(edit, "theme.accent") || DEFAULT;
  const ink = textAt(edit, "theme.ink") || readableOn(accent);
  const ratio = contrast(ink, accent);
  const good = ratio >= READABLE;
  const [[, words] = ["", ""]] = entriesAt<string>(edit, "theme.launcher");
  return html`<div class="cluster sample">
    <span class="launcher" .style=${`background: ${accent}; color: ${ink}`} aria-hidden="true"
      >${icon("phone", "i-s")}<bdi>${words || say("setup.launcher.sample")}</bdi></span
    >
    <p class="small ${good ? "good" : "bad"}" role="status">
      ${icon(good ? "check" : "alert", "i-s")}<span>${say(good ? "setup.contrast.good" : "setup.contrast.bad", { ratio: ratio.toFixed(1) })}</span>
    </p>
  </div>`;
}
