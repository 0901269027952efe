// Looks at the answers of the form before they are sent; the server looks again. Pure.
import type { FieldView } from "../../visit-protocol.js";
import { say } from "../../words.js";

export type Answers = Readonly<Record<string, string>>;
export type Problems = Readonly<Record<string, string>>;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const PHONE = /^\+?[\d\s().\-/]{6,30}$/;

/** What is wrong with the answers, by field; empty when nothing is. */
export function problemsOf(fields: readonly FieldView[], answers: Answers): Problems {
  const found = fields.flatMap((field) => {
    const problem = problemOf(field, (answers[field.name] ?? "").trim());
    return problem ? [[field.name, problem] as const] : [];
  });
  return Object.fromEntries(found);
}

/** The sentence for a field that the server refused. */
export function refusedField(fields: readonly FieldView[], where: string): Problems {
  const name = where.split(".").at(-1) ?? where;
  const field = fields.find((each) => each.name === name);
  return field ? { [name]: wrongFor(field) } : {};
}

function problemOf(field: FieldView, answer: string): string | null {
  if (!answer) {
    return field.required ? say("visit.field.missing") : null;
  }
  if ([...answer].length > field.max_length) {
    return say("visit.field.too_long", { count: field.max_length });
  }
  return fits(field, answer) ? null : wrongFor(field);
}

function fits({ kind, choices }: FieldView, answer: string): boolean {
  switch (kind) {
    case "email":
      return EMAIL.test(answer);
    case "phone":
      return PHONE.test(answer);
    case "choice":
      return choices.some(({ value }) => value === answer);
    default:
      return true;
  }
}

function wrongFor({ kind }: FieldView): string {
  switch (kind) {
    case "email":
      return say("visit.field.email");
    case "phone":
      return say("visit.field.phone");
    default:
      return say("visit.field.wrong");
  }
}
