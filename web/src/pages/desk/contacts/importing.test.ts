import { expect, test } from "vitest";
import { Rest } from "../../../client/rest.js";
import { problem, restInMemory } from "../../../testing/rest.js";
import { ContactsApi } from "./api.js";
import { Importing } from "./importing.js";

const FILE = new File(["name,email\nAda,ada@example.com\n"], "people.csv", { type: "text/csv" });
const LOOKED = {
  id: null,
  mode: "preview",
  encoding: "utf-8",
  delimiter: "comma",
  columns: [
    { head: "name", field: "name" },
    { head: "email", field: "email" },
  ],
  rows: 600,
  created: 590,
  updated: 5,
  unchanged: 4,
  failed: 1,
  next: null,
  problems: [],
  sample: [],
};

/** A server that keeps 250 rows at a time; `stops` says at which row it does not answer once. */
function imported(stops = 0) {
  let once = stops;
  const { ask, asked, told } = restInMemory({
    "POST /v1/contacts/imports": (_body, query) => {
      if (query.get("mode") === "preview") {
        const fields = (query.get("columns") ?? "name,email").split(",");
        const columns = LOOKED.columns.map(({ head }, at) => ({ head, field: fields[at] }));
        const useful = fields.includes("email");
        return useful ? { ...LOOKED, columns } : problem(422, "bad_columns");
      }
      const first = Number(query.get("first"));
      if (first === once) {
        once = 0;
        return problem(503, "unavailable");
      }
      const last = Math.min(first + 249, 600);
      const counts = { created: last - first + 1, updated: 0, unchanged: 0, failed: 0 };
      return { ...LOOKED, ...counts, mode: "commit", next: last < 600 ? last + 1 : null };
    },
  });
  const drawn: number[] = [];
  const importing = new Importing(new ContactsApi(new Rest(ask)), () => drawn.push(importing.done));
  return { importing, asked, told, drawn };
}

test("a file is looked at before anything is kept", async () => {
  const { importing, asked, told } = imported();
  await importing.choose(FILE);
  expect([importing.step, importing.worth]).toEqual(["looking", 595]);
  expect(asked.map(({ query }) => query)).toEqual(["mode=preview"]);
  expect(told[0]?.["content-type"]).toBe("text/csv");
});

test("rows are kept piece by piece, each under a key of its own", async () => {
  const { importing, asked, told, drawn } = imported();
  await importing.choose(FILE);
  await importing.run();
  expect([importing.step, importing.done, importing.counts.created]).toEqual(["done", 600, 600]);
  expect(drawn).toContain(250);
  const firsts = asked.slice(1).map(({ query }) => new URLSearchParams(query).get("first"));
  expect(firsts).toEqual(["1", "251", "501"]);
  expect(new Set(told.slice(1).map((headers) => headers["idempotency-key"])).size).toBe(3);
});

test("an import that stopped goes on with the same piece under the same key", async () => {
  const { importing, told } = imported(251);
  await importing.choose(FILE);
  await importing.run();
  expect([importing.step, importing.done]).toEqual(["stopped", 250]);
  expect(importing.problem).not.toBe("");
  await importing.run();
  expect([importing.step, importing.counts.created]).toEqual(["done", 600]);
  expect(told[2]?.["idempotency-key"]).toBe(told[3]?.["idempotency-key"]);
});

test("columns that do not fit are chosen anew", async () => {
  const { importing } = imported();
  await importing.choose(FILE);
  await importing.chooseColumn(0, "-");
  await importing.chooseColumn(1, "-");
  expect([importing.step, importing.worth]).toEqual(["looking", 0]);
  expect(importing.problem).toContain("Choose the column");
  await importing.chooseColumn(1, "email");
  expect([importing.problem, importing.worth]).toEqual(["", 595]);
});

test("a file that is too large is not sent", async () => {
  const { importing, asked } = imported();
  await importing.choose(new File([new Uint8Array(1024 * 1024 + 1)], "big.csv"));
  expect([importing.step, asked.length]).toEqual(["choosing", 0]);
  expect(importing.problem).toContain("too large");
});
