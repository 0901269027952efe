// The forms of activities, dispositions, replies and people.
import { html, nothing, type TemplateResult } from "lit";
import type {
  ActivitySettings,
  DispositionSettings,
  ReplySettings,
  UserCreate,
} from "../../../rest.js";
import { languages, nameOfLanguage, say, words } from "../../../words.js";
import { byLanguage, choice, group, several, text, toggle } from "./controls.js";
import { type Editing, entriesAt, listAt, type Option, optionsOf, seen } from "./editing.js";

export const OUTCOMES = ["resolved", "follow_up", "unresolved", "not_reached"] as const;
export const ROLES = ["agent", "supervisor", "admin"] as const;

/** What stands for a name in a reply, between braces. */
const VARIABLES = [
  "visitor.name",
  "visitor.email",
  "visitor.phone",
  "agent.name",
  "site.name",
  "queue.name",
  "session.id",
  "date",
  "time",
  "form.…",
  "attributes.…",
] as const;

export function blankActivity(): ActivitySettings {
  return { name: "", available: false, offline: false };
}

export function blankDisposition(): DispositionSettings {
  return { name: "", group: "", outcome: "resolved", note: false, queues: [] };
}

export function blankReply(): ReplySettings {
  return { name: "", texts: {}, channels: ["chat"], tags: [] };
}

export function blankUser(): UserCreate {
  return { login: "", name: "", role: "agent" };
}

export function activityForm(edit: Editing): TemplateResult {
  return only(html`${text(edit, "name", { label: say("setup.name"), hint: say("setup.activity.name.hint"), required: true, most: 128 })}
    ${toggle(edit, "available", { label: say("setup.available"), hint: say("setup.available.hint") })}
    ${toggle(edit, "offline", { label: say("setup.offline"), hint: say("setup.offline.hint") })}`);
}

export function dispositionForm(edit: Editing): TemplateResult {
  const groups = (edit.known.dispositions ?? []).map((each) => String(each.group)).filter(Boolean);
  return only(html`${text(edit, "name", { label: say("setup.name"), hint: say("setup.disposition.name.hint"), required: true, most: 128 })}
    <div class="two-up">
      ${choice(edit, "outcome", {
        label: say("setup.outcome"),
        options: OUTCOMES.map((value) => ({ value, words: say(`setup.outcome.${value}`) })),
      })}
      ${text(edit, "group", { label: say("setup.group"), hint: say("setup.group.hint"), most: 128, suggestions: [...new Set(groups)] })}
    </div>
    ${toggle(edit, "note", { label: say("setup.note") })}
    ${several(edit, "queues", { label: say("setup.disposition.queues"), hint: say("setup.disposition.queues.hint"), options: optionsOf(edit.known.queues) })}`);
}

export function replyForm(edit: Editing): TemplateResult {
  const needed = entriesAt(edit, "texts").length === 0 ? ({ needs: "first" } as const) : {};
  return html`${only(html`${text(edit, "name", { label: say("setup.name"), hint: say("setup.reply.name.hint"), required: true, most: 128 })}
    ${several(edit, "channels", {
      label: say("setup.channels"),
      options: [
        { value: "chat", words: say("setup.channel.chat") },
        { value: "sms", words: say("setup.channel.sms") },
      ],
    })}
    ${text(asTags(edit), "tags", { label: say("setup.tags"), hint: say("setup.tags.hint") })}`)}
  ${group(
    "texts",
    say("setup.texts"),
    say("setup.texts.what"),
    html`${byLanguage(edit, "texts", tongues(), { label: say("setup.texts"), most: 4000, long: true, ...needed })}
      <p class="hint">${say("setup.texts.variables")} ${VARIABLES.map((name) => html`<code dir="ltr">{{${name}}}</code> `)}</p>`,
  )}`;
}

/** All languages, the reader's own first. */
function tongues(): Option[] {
  const own = words().language;
  const order = [own, ...languages.filter((each) => each !== own)];
  return order.map((value) => ({ value, words: nameOfLanguage(value) }));
}

/** Tags as one text with commas between. */
function asTags(edit: Editing): Editing {
  const set: Editing["set"] = (path, value) =>
    edit.set(path, value === "" ? [] : String(value).split(","));
  return seen(edit, (path) => listAt<string>(edit, path).join(","), set);
}

export function userForm(edit: Editing): TemplateResult {
  return only(html`${
    edit.fresh
      ? text(edit, "login", {
          label: say("signin.login"),
          hint: say("setup.login.hint"),
          required: true,
          most: 128,
          code: true,
        })
      : nothing
  }
    ${text(edit, "name", { label: say("setup.name"), hint: say("setup.user.name.hint"), most: 128 })}
    ${choice(edit, "role", {
      label: say("setup.role"),
      hint: say("setup.role.hint"),
      options: ROLES.map((value) => ({ value, words: say(`setup.role.${value}`) })),
    })}
    ${edit.fresh ? nothing : toggle(edit, "disabled", { label: say("setup.login.disabled"), hint: say("setup.login.disabled.hint") })}`);
}

/** A form that is one card. */
function only(content: TemplateResult): TemplateResult {
  return group("basics", say("setup.basics"), "", content);
}
