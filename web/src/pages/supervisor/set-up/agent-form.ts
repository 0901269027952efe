// The form of an agent: who it is, what they can, and how much they take at a time.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../../icons.js";
import type { AgentSettings } from "../../../rest.js";
import { say } from "../../../words.js";
import { choice, group, number, problemAt, several, toggle, writtenIn } from "./controls.js";
import { type Editing, entriesAt, type Option } from "./editing.js";
import { put } from "./paths.js";

export const CHANNELS = ["voice", "video", "chat", "callback", "message"] as const;
const LEVELS = [1, 2, 3, 4, 5] as const;
const KINDS = ["text", "number", "yes_no", "list"] as const;

type Kind = (typeof KINDS)[number];
type Value = string | number | boolean | readonly string[];

/** An agent as one is before anything was said of them. */
export function blankAgent(): AgentSettings {
  return {
    user: "",
    skills: {},
    attributes: {},
    capacity: { voice: 1, video: 1, chat: 3, callback: 1, message: 5 },
    exclusive: ["voice", "video", "callback"],
    order: 0,
    ring: { tone: true, volume: 80, notification: true, auto_accept: false },
  };
}

export function channelOptions(): Option[] {
  return CHANNELS.map((value) => ({ value, words: say(`setup.channel.${value}`) }));
}

export function agentForm(edit: Editing): TemplateResult {
  return html`${edit.fresh ? person(edit) : nothing}
    ${group("skills", say("setup.skills"), say("setup.skills.what"), skills(edit))}
    ${group("attributes", say("setup.attributes"), say("setup.attributes.what"), attributes(edit))}
    ${group("capacity", say("setup.capacity"), say("setup.capacity.what"), capacity(edit))}
    ${group("ring", say("setup.ring"), "", ring(edit))}`;
}

function person(edit: Editing): TemplateResult {
  const taken = new Set(edit.known.agents?.map(({ user }) => user));
  const people = edit.known.users?.filter(({ id, disabled }) => !taken.has(id) && !disabled) ?? [];
  return group(
    "person",
    say("setup.person"),
    "",
    choice(edit, "user", {
      label: say("setup.agent.user"),
      hint: say("setup.agent.user.hint"),
      required: true,
      empty: say("setup.choose"),
      options: people.map(({ id, name, login }) => ({
        value: id,
        words: name ? `${name} (${login})` : String(login),
      })),
    }),
  );
}

// --- skills

function skills(edit: Editing): TemplateResult {
  const found = entriesAt<number>(edit, "skills");
  const known = new Set(
    edit.known.agents?.flatMap((each) => Object.keys((each.skills as object | undefined) ?? {})),
  );
  const more = [...known].filter((name) => edit.at(`skills.${name}`) === undefined).sort();
  return html`<div class="field" id="skills" data-path="skills" role="group" aria-label=${say("setup.skills")} tabindex="-1">
    ${found.length === 0 ? html`<p class="small muted none">${say("setup.skills.none")}</p>` : nothing}
    ${found.map(([name, level]) => skill(edit, name, level))}
    ${problemAt(edit.trouble("skills"), "skills")}
    ${adding(edit, "skills", say("setup.skill.name"), say("setup.skill.add"), 3, more)}
  </div>`;
}

function skill(edit: Editing, name: string, level: number): TemplateResult {
  const path = `skills.${name}`;
  return html`<div class="pairing" role="group" aria-label=${name}>
    <span class="pairing-name mono"><bdi>${name}</bdi></span>
    <span class="select-wrap"
      ><select class="select input" id=${path} data-path=${path} aria-label=${say("setup.level_of", { name })}
        @change=${(event: Event) => edit.set(path, Number(writtenIn(event)))}>
        ${LEVELS.map((each) => html`<option value=${each} .selected=${each === level}>${say(`setup.level.${each}`)}</option>`)}
      </select>${icon("down")}</span
    >
    ${removing(edit, "skills", name)} ${problemAt(edit.trouble(path), path)}
  </div>`;
}

// --- what both have: names that are added and taken away

/** A name that was written and left counts as added, so that saving does not lose it. */
function adding(
  edit: Editing,
  path: "skills" | "attributes",
  label: string,
  add: string,
  first: Value,
  suggestions: readonly string[],
): TemplateResult {
  const id = `${path}-new`;
  const take = (field: HTMLInputElement | null, follow = true) => {
    const name = field?.value.trim() ?? "";
    const good = follow ? field?.reportValidity() : field?.checkValidity();
    if (field && good && name) {
      edit.set(path, { ...(edit.at(path) as object), [name]: edit.at(`${path}.${name}`) ?? first });
      field.value = "";
      if (follow) {
        edit.focusLater(`${path}.${name}`);
      }
    }
  };
  const field = (event: Event) =>
    (event.target as Element).closest(".adding")?.querySelector<HTMLInputElement>("input") ?? null;
  return html`<div class="adding">
    <label class="vh" for=${id}>${label}</label>
    <input class="input" id=${id} autocomplete="off" maxlength="64" dir="auto" placeholder=${label} list="${id}-list"
      pattern="[\\p{L}_][\\p{L}\\p{N}_]*" title=${say("setup.word.hint")}
      @change=${(event: Event) => take(field(event), false)} @keydown=${(event: KeyboardEvent) => {
        if (event.key === "Enter") {
          event.preventDefault();
          take(field(event));
        }
      }} />
    <datalist id="${id}-list">${suggestions.map((each) => html`<option value=${each}></option>`)}</datalist>
    <button class="btn" type="button" @click=${(event: Event) => take(field(event))}>${icon("plus", "i-s")}${add}</button>
  </div>`;
}

function removing(edit: Editing, path: "skills" | "attributes", name: string): TemplateResult {
  const words = say("setup.remove", { what: name });
  return html`<button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${words} title=${words}
    @click=${() => {
      edit.set(path, put(edit.at(path), name, undefined));
      edit.focusLater(`${path}-new`);
    }}>${icon("x", "i-s")}</button>`;
}

// --- attributes

/** What sort of value an attribute has. */
export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case "number":
      return "number";
    case "boolean":
      return "yes_no";
    case "string":
      return "text";
    default:
      return "list";
  }
}

/** The same value as another sort. */
export function valueAs(kind: Kind, value: Value): Value {
  const written = Array.isArray(value) ? value.join(", ") : String(value);
  switch (kind) {
    case "text":
      return written;
    case "number":
      return Number.isFinite(Number(written)) ? Number(written) : 0;
    case "yes_no":
      return written === "true";
    case "list":
      return written
        .split(",")
        .map((each) => each.trim())
        .filter(Boolean);
  }
}

function attributes(edit: Editing): TemplateResult {
  const found = entriesAt<Value>(edit, "attributes");
  return html`<div class="field" id="attributes" data-path="attributes" role="group" aria-label=${say("setup.attributes")} tabindex="-1">
    ${found.length === 0 ? html`<p class="small muted none">${say("setup.attributes.none")}</p>` : nothing}
    ${found.map(([name, value]) => attribute(edit, name, value))}
    ${problemAt(edit.trouble("attributes"), "attributes")}
    ${adding(edit, "attributes", say("setup.attribute.name"), say("setup.attribute.add"), "", [])}
  </div>`;
}

function attribute(edit: Editing, name: string, value: Value): TemplateResult {
  const path = `attributes.${name}`;
  const kind = kindOf(value);
  return html`<div class="pairing" role="group" aria-label=${name}>
    <span class="pairing-name mono"><bdi>${name}</bdi></span>
    <span class="select-wrap sort"
      ><select class="select input" aria-label=${say("setup.kind_of", { name })}
        @change=${(event: Event) => edit.set(path, valueAs(writtenIn(event) as Kind, value))}>
        ${KINDS.map((each) => html`<option value=${each} .selected=${each === kind}>${say(`setup.value.${each}`)}</option>`)}
      </select>${icon("down")}</span
    >
    ${valueControl(edit, path, name, kind, value)} ${removing(edit, "attributes", name)} ${problemAt(edit.trouble(path), path)}
  </div>`;
}

function valueControl(
  edit: Editing,
  path: string,
  name: string,
  kind: Kind,
  value: Value,
): TemplateResult {
  const label = say("setup.value_of", { name });
  if (kind === "yes_no") {
    return html`<span class="select-wrap"
      ><select class="select input" id=${path} data-path=${path} aria-label=${label}
        @change=${(event: Event) => edit.set(path, writtenIn(event) === "true")}>
        <option value="true" .selected=${value === true}>${say("setup.yes")}</option>
        <option value="false" .selected=${value !== true}>${say("setup.no")}</option>
      </select>${icon("down")}</span
    >`;
  }
  return html`<input class="input" id=${path} data-path=${path} aria-label=${label} dir="auto" autocomplete="off" maxlength="512"
    type=${kind === "number" ? "number" : "text"} step="any" ?required=${kind === "number"}
    placeholder=${kind === "list" ? say("setup.value.list.hint") : nothing}
    .value=${Array.isArray(value) ? value.join(", ") : String(value)}
    @change=${(event: Event) => edit.set(path, valueAs(kind, writtenIn(event)))} />`;
}

// --- how much, and how it is told

function capacity(edit: Editing): TemplateResult {
  return html`<div class="two-up five-up">
      ${CHANNELS.map((channel) =>
        number(edit, `capacity.${channel}`, {
          label: say(`setup.channel.${channel}`),
          min: 0,
          max: 50,
        }),
      )}
    </div>
    ${several(edit, "exclusive", { label: say("setup.exclusive"), hint: say("setup.exclusive.hint"), options: channelOptions() })}
    ${number(edit, "order", { label: say("setup.order"), hint: say("setup.order.hint"), min: 0, max: 10_000 })}`;
}

function ring(edit: Editing): TemplateResult {
  return html`${toggle(edit, "ring.tone", { label: say("setup.ring.tone") })}
    ${number(edit, "ring.volume", { label: say("setup.ring.volume"), min: 0, max: 100 })}
    ${toggle(edit, "ring.notification", { label: say("setup.ring.notification") })}
    ${toggle(edit, "ring.auto_accept", { label: say("setup.ring.auto_accept"), hint: say("setup.ring.auto_accept.hint") })}`;
}
