// What the lists show of an object beside its name.
import { html, nothing, type TemplateResult } from "lit";
import { type Key, nameOfLanguage, say } from "../../../words.js";
import { until, when } from "../../office/when.js";
import type { Known } from "./editing.js";
import { nameOf } from "./editing.js";
import type { Item, Plural } from "./objects.js";
import { span } from "./spans.js";

type Cell = string | TemplateResult | typeof nothing;

export interface Column {
  readonly name: Key;
  readonly of: (item: Item, known: Known) => Cell;
}

const COLUMNS: Readonly<Record<Plural, readonly Column[]>> = {
  queues: [
    { name: "setup.strategy", of: ({ strategy }) => say(`setup.strategy.${strategy}` as Key) },
    {
      name: "setup.requirements",
      of: ({ requirements, expression }) => takers(requirements, expression),
    },
    { name: "setup.hours", of: ({ hours }) => zoneOf(hours, "setup.hours.always") },
    {
      name: "setup.max_wait",
      of: ({ max_wait }) => (typeof max_wait === "number" ? span(max_wait) : "–"),
    },
  ],
  agents: [
    { name: "setup.skills", of: ({ skills }) => skillsOf(skills) },
    { name: "signin.login", of: ({ login }) => code(String(login)) },
    {
      name: "admin.state",
      of: ({ disabled }) =>
        disabled ? badge("setup.user.disabled", "end") : badge("setup.user.active", "live"),
    },
  ],
  sites: [
    { name: "setup.target", of: ({ target }, known) => led(target, known) },
    { name: "setup.origins", of: ({ allowed_origins }) => originsOf(allowed_origins) },
    { name: "setup.mode", of: ({ mode }) => say(`setup.mode.${mode}` as Key) },
    {
      name: "setup.languages",
      of: ({ languages }) => (languages as string[]).map(nameOfLanguage).join(", "),
    },
  ],
  workflows: [
    {
      name: "setup.default",
      of: (item, known) => named(known, "queues", (item.default as { queue: string }).queue),
    },
    { name: "setup.filters", of: ({ filters }) => filtersOf(filters) },
  ],
  activities: [{ name: "setup.activity.kind", of: activityKind }],
  dispositions: [
    { name: "setup.outcome", of: ({ outcome }) => say(`setup.outcome.${outcome}` as Key) },
    { name: "setup.group", of: ({ group }) => String(group || "–") },
    {
      name: "setup.disposition.queues",
      of: ({ queues }, known) => queuesOf(queues as string[], known),
    },
  ],
  replies: [
    {
      name: "setup.languages",
      of: ({ texts }) =>
        Object.keys(texts as object)
          .map(nameOfLanguage)
          .join(", "),
    },
    {
      name: "setup.channels",
      of: ({ channels }) =>
        (channels as string[]).map((each) => say(`setup.channel.${each}` as Key)).join(", "),
    },
    { name: "setup.tags", of: ({ tags }) => (tags as string[]).join(", ") || "–" },
  ],
  users: [
    { name: "setup.role", of: ({ role }) => say(`setup.role.${role}` as Key) },
    { name: "signin.login", of: ({ login }) => code(String(login)) },
    { name: "admin.state", of: userState },
    { name: "setup.password_at", of: ({ password_at }) => when(String(password_at)) },
  ],
};

export function columnsOf(plural: Plural): readonly Column[] {
  return COLUMNS[plural];
}

function badge(name: Key, tone: string): TemplateResult {
  return html`<span class="badge" data-tone=${tone || nothing}>${say(name)}</span>`;
}

function code(text: string): TemplateResult {
  return html`<span class="mono small" dir="ltr">${text}</span>`;
}

/** The name of one of the others; what it is when it is not there. */
function named(known: Known, plural: Plural, id: string | null | undefined): Cell {
  const found = known[plural]?.find((item) => item.id === id);
  return found ? html`<bdi>${nameOf(found)}</bdi>` : say("setup.unknown");
}

function takers(requirements: unknown, expression: unknown): Cell {
  const found = (requirements as { name: string; expression: string }[]).map(
    ({ name, expression: asked }) => name || asked,
  );
  const all = expression ? [String(expression), ...found] : found;
  return all.length > 0 ? all.join(", ") : say("setup.takers.all");
}

function zoneOf(hours: unknown, none: Key): Cell {
  return hours ? code((hours as { time_zone: string }).time_zone) : say(none);
}

function skillsOf(skills: unknown): Cell {
  const found = Object.entries(skills as Record<string, number>);
  return found.length > 0
    ? html`<span class="cluster tags">${found.map(([name, level]) => html`<span class="badge"><bdi>${name}</bdi> ${level}</span>`)}</span>`
    : "–";
}

function led(target: unknown, known: Known): Cell {
  const { queue, workflow, agent } = target as Record<
    "queue" | "workflow" | "agent",
    string | null
  >;
  return queue
    ? named(known, "queues", queue)
    : workflow
      ? named(known, "workflows", workflow)
      : named(known, "agents", agent);
}

function originsOf(origins: unknown): Cell {
  const found = origins as string[];
  return found.length > 0 ? code(found.join(" ")) : badge("setup.origins.none", "wait");
}

function filtersOf(filters: unknown): Cell {
  const found = filters as { name: string }[];
  const names = found.map(({ name }, n) => name || say("setup.filter", { count: n + 1 }));
  return names.join(", ") || "–";
}

function activityKind({ available, offline }: Item): Cell {
  return available
    ? badge("setup.activity.takes", "live")
    : offline
      ? badge("setup.activity.offline", "")
      : badge("setup.activity.pauses", "wait");
}

function queuesOf(queues: readonly string[], known: Known): Cell {
  return queues.length > 0
    ? html`${queues.map((id, n) => html`${n > 0 ? ", " : nothing}${named(known, "queues", id)}`)}`
    : say("live.queues.all");
}

function userState({ disabled, must_change }: Item): Cell {
  return disabled
    ? badge("setup.user.disabled", "end")
    : must_change
      ? badge("setup.user.once", "wait")
      : badge("setup.user.active", "live");
}

/** Until when the secret of a site before the present one counts too; nothing when there is none. */
export function oldSecret(item: Item): Cell {
  return item.old_secret_until
    ? say("admin.webhook.old_secret", { when: until(String(item.old_secret_until)) })
    : nothing;
}
