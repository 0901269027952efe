// Calling a customer back: whether it rings in their page, and the link that is copied or mailed.
import type { DeskNotice } from "../../components/desk-call/desk-call.js";
import type { CallbackOf, ContactView } from "../../desk-protocol.js";
import { type Key, say } from "../../words.js";
import { nameOf } from "./view.js";

/** Where the customer can be reached while it rings, and what became of the letter. */
export function callbackNotices({ callback, customer }: ContactView): DeskNotice[] {
  if (callback?.state !== "dialing") {
    return [];
  }
  const { there, may_mail: mayMail, mail } = callback;
  const name = nameOf(customer);
  const sends = mayMail && mail?.state !== "sending";
  const rings: DeskNotice = {
    id: "callback",
    tone: there ? "info" : "wait",
    icon: there ? "bell" : "link",
    words: say(there ? "desk.callback.rings" : "desk.callback.away", { name }),
    actions: [
      { id: "callback:copy", words: say("desk.callback.copy"), main: !there && mail === null },
      ...(sends ? [{ id: "callback:mail", words: say("desk.callback.mail") }] : []),
    ],
  };
  const letter = mailNotice(callback);
  return letter ? [rings, letter] : [rings];
}

function mailNotice({ mail, email }: CallbackOf): DeskNotice | null {
  if (!mail) {
    return null;
  }
  const failed = mail.state === "failed";
  const words = failed
    ? say("desk.mail.failed", { to: email, why: say(WHY[mail.reason] ?? OTHERWISE) })
    : say(`desk.mail.${mail.state as "sending" | "sent"}`, { to: email });
  const tone = failed ? "end" : mail.state === "sent" ? "live" : "wait";
  const icon = failed ? "alert" : mail.state === "sent" ? "check" : "send";
  return { id: "mail", tone, icon, words, actions: [] };
}

const OTHERWISE: Key = "desk.mail.smtp_refused";
const WHY: Readonly<Record<string, Key>> = {
  smtp_unreachable: "desk.mail.smtp_unreachable",
  smtp_tls: "desk.mail.smtp_setup",
  smtp_sign_in: "desk.mail.smtp_setup",
  smtp_no_utf8: "desk.mail.bad_address",
  bad_address: "desk.mail.bad_address",
  too_late: "desk.mail.too_late",
  not_needed: "desk.mail.too_late",
  not_configured: "desk.mail.not_configured",
};
