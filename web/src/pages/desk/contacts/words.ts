// What contacts are called, and clear words for what is wrong with one or with a file. Pure.
import { Refused } from "../../../client/errors.js";
import type { Contact, ContactPatch } from "../../../rest.js";
import { type Key, say } from "../../../words.js";
import { wordsFor as adminWords } from "../../admin/words.js";

const BY_CODE: Readonly<Record<string, Key>> = {
  bad_email: "contact.problem.email",
  invalid_number: "contact.problem.phone",
  email_taken: "contact.problem.taken",
  contact_not_found: "contact.problem.gone",
  precondition_failed: "setup.conflict",
  no_address: "contact.import.problem.no_address",
  bad_language: "contact.import.problem.language",
  too_much: "contact.import.problem.too_much",
  two_contacts: "contact.import.problem.two",
  phone_of_another: "contact.import.problem.phone",
  empty_csv: "contact.import.problem.empty",
  bad_csv: "contact.import.problem.file",
  bad_encoding: "contact.import.problem.file",
  too_large: "contact.import.problem.large",
  too_many_rows: "contact.import.problem.large",
  too_many_columns: "contact.import.problem.large",
  cell_too_long: "contact.import.problem.large",
  bad_columns: "contact.import.problem.columns",
};

/** One sentence for anything that went wrong with contacts. */
export function wordsFor(error: unknown): string {
  return error instanceof Refused ? wordsOf(error.problem) : adminWords(error);
}

/** One sentence for a problem, or for a row that is left out. */
export function wordsOf(problem: { readonly code: string; readonly detail: string }): string {
  const key = BY_CODE[problem.code];
  return key ? say(key) : problem.detail;
}

/** The field of the form that a problem is about; empty when it is about none. */
export function fieldOf(error: unknown): string {
  const field = error instanceof Refused ? (error.problem.field ?? "") : "";
  return field.split(/[[.]/)[0] ?? "";
}

/** What a contact is called. */
export function nameOf({ name, company, emails, phones }: Known): string {
  return name || company || emails[0] || phones[0] || say("contact.nameless");
}

/** What tells contacts of one name apart, in one line. */
export function aboutOf(contact: Known): string {
  const { company, emails, phones } = contact;
  const name = nameOf(contact);
  return [company, emails[0] ?? phones[0] ?? ""]
    .filter((each) => each && each !== name)
    .join(" · ");
}

type Known = Pick<Contact, "name" | "company" | "emails" | "phones">;

/** What is written in the form. */
export interface Draft {
  readonly name: string;
  readonly company: string;
  readonly emails: string;
  readonly phones: string;
  readonly language: string;
  readonly attributes: string;
  readonly notes: string;
}

/** The form of a contact; lists have one thing on each line. */
export function draftOf(contact: Omit<Contact, "id" | "created_at" | "updated_at">): Draft {
  const { name, company, language, notes } = contact;
  return {
    name,
    company,
    language,
    notes,
    emails: contact.emails.join("\n"),
    phones: contact.phones.join("\n"),
    attributes: Object.entries(contact.attributes)
      .map(([key, value]) => `${key}: ${value}`)
      .join("\n"),
  };
}

/** Everything that the form says; null when an attribute has no name or no value. */
export function contactOf(draft: Draft): Required<ContactPatch> | null {
  const pairs = linesOf(draft.attributes).map((line) => line.split(/[:：](.*)/s).map(trim));
  if (
    pairs.some(([key = "", value = ""]) => !/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u.test(key) || !value)
  ) {
    return null;
  }
  return {
    name: draft.name.trim(),
    company: draft.company.trim(),
    emails: linesOf(draft.emails),
    phones: linesOf(draft.phones),
    language: draft.language,
    attributes: Object.fromEntries(pairs as [string, string][]),
    notes: draft.notes.trim(),
  };
}

/** Only what the form says otherwise than the contact. */
export function changesOf(contact: Contact, wanted: Required<ContactPatch>): ContactPatch {
  const before: Readonly<Record<string, unknown>> = { ...contact };
  const changed = Object.entries(wanted).filter(
    ([field, value]) => JSON.stringify(before[field]) !== JSON.stringify(value),
  );
  return Object.fromEntries(changed);
}

function linesOf(text: string): string[] {
  return text.split("\n").map(trim).filter(Boolean);
}

function trim(text: string): string {
  return text.trim();
}
