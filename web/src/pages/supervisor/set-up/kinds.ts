// The kinds of objects that are edited on /supervisor: their columns, their forms, whom they name.
import type { TemplateResult } from "lit";
import type { IconName } from "../../../icons.js";
import type { SignedIn } from "../../../rest.js";
import { type Key, words } from "../../../words.js";
import { agentForm, blankAgent } from "./agent-form.js";
import type { Editing } from "./editing.js";
import type { Plural } from "./objects.js";
import { blankQueue, queueForm } from "./queue-form.js";
import { blankSite, siteForm } from "./site-form.js";
import {
  activityForm,
  blankActivity,
  blankDisposition,
  blankReply,
  blankUser,
  dispositionForm,
  replyForm,
  userForm,
} from "./small-forms.js";
import { blankWorkflow, workflowForm } from "./workflow-form.js";

type Permission = SignedIn["permissions"][number];

/** One kind. `needs`: the others that its form lets choose from; `naming`: those that may name one
 * of it, so that it cannot be deleted. */
export interface Kind {
  readonly plural: Plural;
  readonly icon: IconName;
  readonly blank: () => object;
  readonly form: (edit: Editing) => TemplateResult;
  readonly needs: readonly Plural[];
  readonly naming: readonly Plural[];
  /** What of an object is no setting: the server says it, and is never sent it. */
  readonly told: readonly string[];
}

const ALWAYS_TOLD = ["id", "created_at", "updated_at"];

function kind(
  plural: Plural,
  icon: IconName,
  blank: Kind["blank"],
  form: Kind["form"],
  more: Partial<Pick<Kind, "needs" | "naming" | "told">> = {},
): Kind {
  const { needs = [], naming = [], told = [] } = more;
  return { plural, icon, blank, form, needs, naming, told: [...ALWAYS_TOLD, ...told] };
}

export const KINDS: Readonly<Record<Plural, Kind>> = {
  queues: kind("queues", "queue", blankQueue, queueForm, {
    needs: ["queues", "activities"],
    naming: ["sites", "workflows", "queues", "dispositions"],
  }),
  agents: kind("agents", "headset", blankAgent, agentForm, {
    needs: ["agents", "users"],
    naming: ["sites"],
    told: ["login", "name", "disabled"],
  }),
  sites: kind("sites", "globe", () => blankSite(words().language), siteForm, {
    needs: ["queues", "workflows", "agents"],
    told: ["key", "old_secret_until", "identity_secret"],
  }),
  workflows: kind("workflows", "flow", blankWorkflow, workflowForm, {
    needs: ["queues"],
    naming: ["sites"],
  }),
  activities: kind("activities", "clock", blankActivity, activityForm, { naming: ["queues"] }),
  dispositions: kind("dispositions", "check", blankDisposition, dispositionForm, {
    needs: ["queues", "dispositions"],
  }),
  replies: kind("replies", "chat", blankReply, replyForm),
  users: kind("users", "people", blankUser, userForm, {
    told: ["must_change", "password_at", "password"],
  }),
};

/** The permission to read or write a kind. */
export function permissionOf(plural: Plural, what: "read" | "write"): Permission {
  return `${plural}.${what}`;
}

/** The words of a kind: `setup.queues`, `setup.queues.new`. */
export function key(plural: Plural, what: "" | ".none" | ".what" | ".new" = ""): Key {
  return `setup.${plural}${what}`;
}
