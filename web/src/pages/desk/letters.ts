// What is drawn of a message that was left: who wrote it, the words, and how they can be answered. Pure.
import type { LetterModel } from "../../components/letter/letter.js";
import type { ContactView } from "../../desk-protocol.js";
import type { DeskController } from "./controller.js";
import { nameOf } from "./view.js";

/** Whether a session on the desk is a message to read, without anybody to talk to. */
export function isLetter({ channel, call }: ContactView): boolean {
  return channel === "message" && call === null;
}

/** The message in front. */
export function letterModel(controller: DeskController, contact: ContactView): LetterModel {
  const { customer, session, queue } = contact;
  return {
    session,
    name: nameOf(customer),
    small: [queue, customer.site].filter(Boolean).join(" · "),
    text: customer.message ?? "",
    email: customer.email,
    phone: customer.phone,
    busy: controller.busy("hang-up", session),
  };
}
