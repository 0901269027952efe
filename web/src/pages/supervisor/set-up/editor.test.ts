// @vitest-environment jsdom
import { afterEach, expect, test } from "vitest";
import { Rest } from "../../../client/rest.js";
import type { OpeningHours } from "../../../rest.js";
import "../../../testing/dialogs.js";
import { button, drawn, heard, inside, tidy } from "../../../testing/dom.js";
import { problem, restInMemory, settled, tagged } from "../../../testing/rest.js";
import "./editor.js";
import type { SetUpEditor } from "./editor.js";
import { KINDS } from "./kinds.js";
import { Objects, type Plural } from "./objects.js";
import { blankQueue } from "./queue-form.js";
import { blankSite } from "./site-form.js";

const PERMISSIONS = [
  "queues",
  "sites",
  "workflows",
  "agents",
  "activities",
  "dispositions",
].flatMap((each) => [`${each}.read`, `${each}.write`]);
const queue = { ...blankQueue(), id: "QU1", name: "Support", created_at: "", updated_at: "" };
const site = { ...blankSite("en"), id: "ST1", name: "Shop", key: "site_x", old_secret_until: null };
const none = { items: [], next: null };
const lists = Object.fromEntries(Object.keys(KINDS).map((each) => [`GET /v1/${each}`, none]));

afterEach(() => {
  history.replaceState(null, "", "/");
});

type Answers = Parameters<typeof restInMemory>[0];

async function edited(plural: Plural, itemId: string, answers: Answers, more: string[] = []) {
  const { ask, asked, told } = restInMemory({ ...lists, ...answers });
  const editor = await drawn<SetUpEditor>("oh-set-up-editor", {
    objects: new Objects(new Rest(ask)),
    kind: KINDS[plural],
    itemId,
    permissions: [...PERMISSIONS, ...more],
  });
  await settled();
  return { editor, asked, told };
}

async function write(editor: SetUpEditor, path: string, value: string): Promise<void> {
  const field = fieldAt(editor, path);
  field.value = value;
  field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? "change" : "input"));
  await editor.updateComplete;
}

async function save(editor: SetUpEditor): Promise<void> {
  inside(editor, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  await settled();
}

const fieldAt = (editor: SetUpEditor, path: string) =>
  inside<HTMLInputElement>(editor, `[id="${path}"]`);
const text = (editor: SetUpEditor) => tidy(editor.renderRoot.textContent);
const last = (asked: readonly { what: string; body: unknown }[], what: string) =>
  asked.findLast((each) => each.what === what)?.body;

test("only what was changed is sent, with the ETag it counts on", async () => {
  const { editor, asked, told } = await edited("queues", "QU1", {
    "GET /v1/queues/QU1": tagged('"1"', queue),
    "PATCH /v1/queues/QU1": tagged('"2"', { ...queue, wrap_up: 45 }),
  });
  const tells = heard<string>(editor, "tell");
  await write(editor, "wrap_up", "45");
  expect(editor.dirty).toBe(true);
  await save(editor);
  expect(last(asked, "PATCH /v1/queues/QU1")).toEqual({ wrap_up: 45 });
  expect(told.at(-1)?.["if-match"]).toBe('"1"');
  expect([editor.dirty, tells]).toEqual([false, ["Saved"]]);
});

test("what the browser finds wrong is said beside the field, and nothing is sent", async () => {
  const { editor, asked } = await edited("queues", "new", {});
  await write(editor, "offer_timeout", "2");
  await save(editor);
  expect(text(editor)).toContain("Fill this in.");
  expect(text(editor)).toContain("Write a whole number from 5 to 600.");
  expect(fieldAt(editor, "name").getAttribute("aria-invalid")).toBe("true");
  expect(asked.map(({ what }) => what)).not.toContain("POST /v1/queues");
});

test("a wrong expression is marked where it is wrong, until it is written anew", async () => {
  const { editor } = await edited("queues", "new", {
    "POST /v1/queues": problem(422, "bad_expression", { field: "expression", position: 11 }),
  });
  await write(editor, "name", "French");
  await write(editor, "expression", "skills.fr >");
  await save(editor);
  expect(tidy(inside(editor, ".field[data-invalid] .problem").textContent)).toContain(
    "character 11",
  );
  expect(inside(editor, ".marked mark").textContent).toBe(">");
  await write(editor, "expression", "skills.fr > 2");
  expect(editor.renderRoot.querySelector(".marked")).toBeNull();
});

test("a new object is made once however often the answer is lost", async () => {
  let tries = 0;
  const { editor, told } = await edited("queues", "new", {
    "POST /v1/queues": () =>
      tries++ === 0 ? problem(503, "unavailable") : { ...queue, __status: 201 },
  });
  await write(editor, "name", "Support");
  await save(editor);
  expect(text(editor)).toContain("A part of the server is away");
  await save(editor);
  const keys = told.flatMap((each) => each["idempotency-key"] ?? []);
  expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  expect(location.hash).toBe("#/queues/QU1");
});

function twoEditors() {
  const theirs = { ...queue, name: "Helpdesk", wrap_up: 90 };
  let reads = 0;
  return edited("queues", "QU1", {
    "GET /v1/queues/QU1": () => (reads++ === 0 ? tagged('"1"', queue) : tagged('"2"', theirs)),
    "PATCH /v1/queues/QU1": (body) =>
      reads < 2
        ? problem(412, "precondition_failed")
        : tagged('"3"', { ...theirs, ...(body as object) }),
  });
}

test("who was slower may keep what they changed, on top of what the other made", async () => {
  const { editor, asked, told } = await twoEditors();
  await write(editor, "wrap_up", "45");
  await save(editor);
  expect(text(editor)).toContain("Somebody else changed this meanwhile.");
  button(editor, "Keep my changes").click();
  await settled();
  expect(fieldAt(editor, "name").value).toBe("Helpdesk");
  expect(text(editor)).toContain("Both of you changed: Wrap-up – Time for it.");
  await save(editor);
  expect(last(asked, "PATCH /v1/queues/QU1")).toEqual({ wrap_up: 45 });
  expect(told.at(-1)?.["if-match"]).toBe('"2"');
});

test("or take what the other made", async () => {
  const { editor } = await twoEditors();
  await write(editor, "wrap_up", "45");
  await save(editor);
  button(editor, "Load theirs").click();
  await settled();
  expect([fieldAt(editor, "wrap_up").value, editor.dirty]).toEqual(["90", false]);
});

test("what others name is not deleted, and they are named", async () => {
  const shop = { ...site, target: { queue: "QU1", workflow: null, agent: null } };
  const { editor, asked } = await edited("queues", "QU1", {
    "GET /v1/queues/QU1": tagged('"1"', queue),
    "GET /v1/sites": { items: [shop], next: null },
  });
  button(editor, "Delete").click();
  await settled();
  expect(inside(editor, ".notice a").getAttribute("href")).toBe("#/sites/ST1");
  expect(asked.map(({ what }) => what)).not.toContain("DELETE /v1/queues/QU1");
});

test("what nobody names is deleted after a question", async () => {
  const { editor, asked } = await edited("queues", "QU1", {
    "GET /v1/queues/QU1": tagged('"1"', queue),
    "DELETE /v1/queues/QU1": () => undefined,
  });
  button(editor, "Delete").click();
  await settled();
  expect(asked.map(({ what }) => what)).not.toContain("DELETE /v1/queues/QU1");
  inside(editor, "oh-confirm").dispatchEvent(new CustomEvent("confirm"));
  await settled();
  expect(asked.map(({ what }) => what)).toContain("DELETE /v1/queues/QU1");
  expect(location.hash).toBe("#/queues");
});

test("items of a list are added, moved and taken away", async () => {
  const { editor } = await edited("queues", "new", {});
  for (const name of ["one", "two"]) {
    button(editor, "Add a requirement").click();
    await settled();
    await write(editor, `requirements[${name === "one" ? 0 : 1}].name`, name);
  }
  button(editor, "Move two up").click();
  await settled();
  expect(fieldAt(editor, "requirements[0].name").value).toBe("two");
  button(editor, "Remove two").click();
  await settled();
  expect(fieldAt(editor, "requirements[0].name").value).toBe("one");
});

test("a skill is added by its name, with a level", async () => {
  const agent = { ...KINDS.agents.blank(), id: "AG1", user: "US1", name: "Emma", login: "emma" };
  const { editor, asked } = await edited("agents", "AG1", {
    "GET /v1/agents/AG1": tagged('"1"', agent),
    "PATCH /v1/agents/AG1": tagged('"2"', agent),
  });
  fieldAt(editor, "skills-new").value = "fr";
  button(editor, "Add skill").click();
  await settled();
  await write(editor, "skills.fr", "5");
  await save(editor);
  expect(last(asked, "PATCH /v1/agents/AG1")).toEqual({ skills: { fr: 5 } });
});

test("a skill that was written and not added is not lost", async () => {
  const { editor } = await edited("agents", "new", {});
  fieldAt(editor, "skills-new").value = "fr";
  fieldAt(editor, "skills-new").dispatchEvent(new Event("change"));
  await settled();
  expect(fieldAt(editor, "skills.fr").value).toBe("3");
  expect(fieldAt(editor, "skills-new").value).toBe("");
});

test("a new person's one-time password is shown, and then the person", async () => {
  const made = { id: "US7", login: "ines", name: "Inès", role: "agent", disabled: false };
  const { editor, asked } = await edited(
    "users",
    "new",
    { "POST /v1/users": { ...made, password: "once-only", __status: 201 } },
    ["users.read", "users.write"],
  );
  await write(editor, "login", "ines");
  await write(editor, "role", "supervisor");
  await save(editor);
  expect(last(asked, "POST /v1/users")).toEqual({ login: "ines", name: "", role: "supervisor" });
  const secret = inside(editor, "oh-secret");
  expect(tidy(secret.shadowRoot?.textContent ?? "")).toContain("once-only");
  secret.dispatchEvent(new CustomEvent("close"));
  expect(location.hash).toBe("#/users/US7");
});

test("a form that may be told in several languages keeps what was written, and drops what was emptied", async () => {
  const reply = {
    ...KINDS.replies.blank(),
    id: "RP1",
    name: "Hello",
    texts: { en: "Hi", fr: "Salut" },
  };
  const { editor, asked } = await edited(
    "replies",
    "RP1",
    { "GET /v1/replies/RP1": tagged('"1"', reply), "PATCH /v1/replies/RP1": tagged('"2"', reply) },
    ["replies.read", "replies.write"],
  );
  await write(editor, "texts.fr", "");
  await write(editor, "texts.de", "Hallo");
  await save(editor);
  expect(last(asked, "PATCH /v1/replies/RP1")).toEqual({ texts: { en: "Hi", de: "Hallo" } });
});

test("a site's words are needed in its first language, its consent in all of them", async () => {
  const { editor, asked } = await edited("sites", "new", {});
  button(editor, "Add a question").click();
  await settled();
  await write(editor, "form[0].key", "Your Name");
  const boxes = [...fieldAt(editor, "languages").querySelectorAll("input")];
  boxes.find((box) => tidy(box.parentElement?.textContent ?? "") === "Français")?.click();
  fieldAt(editor, "consent-asked").click();
  await settled();
  await save(editor);
  const wrong = [...editor.renderRoot.querySelectorAll("[aria-invalid=true]")].map(({ id }) => id);
  expect(wrong).toEqual([
    "name",
    "target.queue",
    "form[0].key",
    "form[0].label.en",
    "consent.text.en",
    "consent.text.fr",
  ]);
  expect(asked.map(({ what }) => what)).not.toContain("POST /v1/sites");
});

test("hours begin as those of an office, and midnight ends a day", async () => {
  const { editor, asked } = await edited("queues", "QU1", {
    "GET /v1/queues/QU1": tagged('"1"', queue),
    "PATCH /v1/queues/QU1": tagged('"2"', queue),
  });
  await write(editor, "hours", "own");
  await write(editor, "hours.time_zone", "Europe/Paris");
  await write(editor, "hours.week.monday[0].closes", "00:00");
  await save(editor);
  const sent = last(asked, "PATCH /v1/queues/QU1") as { hours: OpeningHours };
  expect(sent.hours.time_zone).toBe("Europe/Paris");
  expect(sent.hours.week?.monday).toEqual([{ opens: "09:00", closes: "24:00" }]);
  expect(Object.keys(sent.hours.week ?? {})).toHaveLength(5);
});

test("a site shows the line for its pages, and its secret when it is made", async () => {
  const { editor } = await edited("sites", "ST1", { "GET /v1/sites/ST1": tagged('"1"', site) });
  const snippet = inside(editor, "oh-snippet");
  expect(tidy(snippet.shadowRoot?.textContent ?? "")).toContain('data-site="site_x"');
  expect(editor.renderRoot.querySelectorAll("dl .btn")).toHaveLength(0);
});

test("the identity secret is made anew only by those who may", async () => {
  const { editor } = await edited(
    "sites",
    "ST1",
    {
      "GET /v1/sites/ST1": tagged('"1"', site),
      "POST /v1/sites/ST1/rotate-secret": { ...site, identity_secret: "visitor_new" },
    },
    ["sites.secrets"],
  );
  button(editor, "New secret").click();
  await settled();
  inside(editor, "oh-confirm").dispatchEvent(new CustomEvent("confirm"));
  await settled();
  expect(inside(editor, "oh-secret").shadowRoot?.textContent).toContain("visitor_new");
});

test("who may only look is told so, and can change nothing", async () => {
  const user = { id: "US1", login: "emma", name: "Emma", role: "agent", disabled: false };
  const { editor } = await edited("users", "US1", { "GET /v1/users/US1": tagged('"1"', user) }, [
    "users.read",
  ]);
  expect(text(editor)).toContain("only an admin changes it");
  expect(inside<HTMLFieldSetElement>(editor, "fieldset.whole").disabled).toBe(true);
  expect(editor.renderRoot.querySelector("[type=submit]")).toBeNull();
});

test("what is not there any more is said to be gone", async () => {
  const { editor } = await edited("queues", "QU9", {});
  expect(text(editor)).toContain("It is not there any more.");
});
