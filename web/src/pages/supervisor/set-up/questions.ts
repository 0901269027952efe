// The questions before something is done that cannot be taken back, and what is shown once.
import type { Question } from "../../../components/confirm/confirm.js";
import type { Disclosure } from "../../../components/secret/secret.js";
import { say } from "../../../words.js";
import type { Item, Plural } from "./objects.js";

export function deleteQuestion(name: string, plural: Plural): Question {
  const lost = plural === "queues" || plural === "sites" || plural === "agents";
  return {
    title: say("setup.delete.title", { name }),
    words: say(lost ? `setup.delete.${plural}` : "setup.delete.what"),
    action: say("admin.delete"),
    danger: true,
  };
}

export function discardQuestion(): Question {
  return {
    title: say("setup.discard.title"),
    words: say("setup.discard.what"),
    action: say("setup.discard"),
    danger: true,
  };
}

export function leaveQuestion(): Question {
  return {
    title: say("setup.leave.title"),
    words: say("setup.leave.what"),
    action: say("setup.leave"),
    danger: true,
  };
}

export function rotateQuestion(): Question {
  return {
    title: say("setup.rotate.title"),
    words: say("setup.rotate.what"),
    action: say("admin.rotate"),
  };
}

export function resetQuestion(name: string): Question {
  return {
    title: say("setup.reset.title", { name }),
    words: say("setup.reset.what"),
    action: say("setup.reset"),
  };
}

/** What is shown once of an object: the secret of a site, the one-time password of a person. */
export function disclosureOf(plural: Plural, made: Item): Disclosure | null {
  if (plural === "sites" && made.identity_secret) {
    return {
      title: say("setup.made"),
      words: say("setup.identity_secret.once"),
      values: [{ label: say("setup.identity_secret"), value: String(made.identity_secret) }],
    };
  }
  if (plural === "users" && made.password) {
    return {
      title: say("setup.made"),
      words: say("setup.password.once"),
      values: [
        { label: say("signin.login"), value: String(made.login) },
        { label: say("setup.password"), value: String(made.password) },
      ],
    };
  }
  return null;
}
