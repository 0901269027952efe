import { expect, test } from "vitest";
import { Refused } from "../../../client/errors.js";
import type { Contact } from "../../../rest.js";
import { aboutOf, changesOf, contactOf, draftOf, fieldOf, nameOf, wordsFor } from "./words.js";

const ADA: Contact = {
  id: "CT1",
  name: "Ada Lovelace",
  company: "Engines",
  emails: ["ada@example.com", "a@b.example"],
  phones: ["+33612345678"],
  language: "en",
  attributes: { tier: "gold" },
  notes: "Kind.",
  created_at: "2026-11-20T10:00:00.000Z",
  updated_at: "2026-11-20T10:00:00.000Z",
};
const NOBODY = { ...ADA, name: "", company: "", emails: [], phones: [] };

function refused(code: string, field: string): Refused {
  return new Refused({ type: "", title: "", status: 422, code, detail: "the server's own", field });
}

test("a contact is called by the first thing that is known", () => {
  expect(nameOf(ADA)).toBe("Ada Lovelace");
  expect(nameOf({ ...NOBODY, phones: ["+33612345678"] })).toBe("+33612345678");
  expect(nameOf(NOBODY)).toBe("Without a name");
  expect(aboutOf(ADA)).toBe("Engines · ada@example.com");
  expect(aboutOf({ ...NOBODY, company: "Engines" })).toBe("");
});

test("what the form shows of a contact says the same when it is saved", () => {
  const said = contactOf(draftOf(ADA));
  expect(said && changesOf(ADA, said)).toEqual({});
});

test("only what was changed is sent", () => {
  const draft = { ...draftOf(ADA), phones: " +44 20 7946 0018 \n\n", attributes: "tier: silver" };
  const said = contactOf(draft);
  expect(said && changesOf(ADA, said)).toEqual({
    phones: ["+44 20 7946 0018"],
    attributes: { tier: "silver" },
  });
});

test("an attribute needs a word and a value", () => {
  for (const attributes of ["gold", "tier:", "two words: gold", ": gold"]) {
    expect(contactOf({ ...draftOf(ADA), attributes })).toBeNull();
  }
  const value = contactOf({ ...draftOf(ADA), attributes: "at: 10:30" });
  expect(value?.attributes).toEqual({ at: "10:30" });
});

test("a refusal has clear words and its field, and one that is not known its own", () => {
  expect(wordsFor(refused("bad_email", "emails[1]"))).toBe("This is no e-mail address.");
  expect(fieldOf(refused("bad_email", "emails[1]"))).toBe("emails");
  expect(fieldOf(refused("invalid", "attributes.tier"))).toBe("attributes");
  expect(wordsFor(refused("something_new", ""))).toBe("the server's own");
});
