// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { FilePass, FileRules, FileView, Problem } from "../protocol.js";
import type { Connection } from "./connection.js";
import { Refused, Unreachable } from "./errors.js";
import { isPicture, RoomFiles } from "./files.js";
import type { Bring } from "./upload.js";

const RULES: FileRules = {
  max_size: 100,
  types: { "image/png": ["png"], "text/csv": ["csv"], "image/jpeg": ["jpg", "jpeg"] },
};

type Answer = (payload: Record<string, unknown>) => unknown;

/** A server that answers commands as told, and what it was asked. */
function server(answers: Record<string, Answer> = {}) {
  const asked: [string, Record<string, unknown>][] = [];
  const usual: Record<string, Answer> = {
    upload: ({ name, type, size }) => pass({ id: `FI${name}`, name, type, size } as FileView),
    download: ({ file }) => pass({ id: file } as FileView),
    chat: () => ({ sid: "CH1" }),
    ...answers,
  };
  const command = async (name: string, payload: Record<string, unknown>) => {
    asked.push([name, payload]);
    return usual[name]?.(payload);
  };
  return { asked, connection: { command } as unknown as Pick<Connection, "command"> };
}

function pass(file: FileView): FilePass {
  return { file, url: `/v1/files/${file.id}`, ticket: "t+1", expires_at: "" };
}

function refusal(code: string, status: number, retry_after: number | null = null): Refused {
  return new Refused({ code, status, retry_after } as Problem);
}

function made(bring: Bring = async () => undefined, answers: Record<string, Answer> = {}) {
  const { asked, connection } = server(answers);
  const waits: number[] = [];
  const get = async () => new Response("bytes");
  const files = new RoomFiles(connection, bring, get, async (seconds) => {
    waits.push(seconds);
  });
  files.allow(RULES);
  return { asked, files, waits };
}

const png = (name = "a.png", size = 3) => new File(["x".repeat(size)], name, { type: "image/png" });

/** Wait until nothing is on its way any more. */
async function settled(files: RoomFiles): Promise<void> {
  await vi.waitFor(() => {
    expect(files.sending.every(({ failure }) => failure !== null)).toBe(true);
  });
}

test("a file is announced, brought, and said in the chat", async () => {
  const brought: string[] = [];
  const { asked, files } = made(async ({ url }) => {
    brought.push(url);
  });
  files.add([png()]);
  await settled(files);
  expect(asked).toEqual([
    ["upload", { name: "a.png", type: "image/png", size: 3 }],
    ["chat", { file: "FIa.png" }],
  ]);
  expect(brought).toEqual(["/v1/files/FIa.png"]);
  expect(files.sending).toEqual([]);
});

test("files go one after another, and each tells how far it is", async () => {
  const seen: string[] = [];
  const { files } = made(async ({ file }, _, told) => {
    told(2);
    seen.push(files.sending.map(({ name, sent }) => `${name} ${sent}`).join());
    expect(file.name).toBe(seen.length === 1 ? "a.png" : "b.png");
  });
  files.add([png("a.png"), png("b.png")]);
  await settled(files);
  expect(seen).toEqual(["a.png 2,b.png 0", "b.png 2"]);
});

test("what cannot be sent is known before the server is asked", async () => {
  const { asked, files } = made();
  files.add([png("a.png", 101), png("b.png", 0), new File(["x"], "c.svg"), new File(["x"], "d")]);
  await settled(files);
  expect(files.sending.map(({ failure }) => failure)).toEqual([
    "file_too_large",
    "file_empty",
    "file_type_not_allowed",
    "file_type_not_allowed",
  ]);
  expect(asked).toEqual([]);
});

test("the ending of a name says the type, whatever the browser thinks", async () => {
  const { asked, files } = made();
  files.add([
    new File(["x"], "a.CSV", { type: "application/vnd.ms-excel" }),
    new File(["x"], "image", { type: "image/jpeg" }),
    new File(["x"], "photo.exe", { type: "image/png" }),
  ]);
  await settled(files);
  const types = asked.filter(([name]) => name === "upload").map(([, { type }]) => type);
  expect(types).toEqual(["text/csv", "image/jpeg"]);
});

test("where no files are sent none is", async () => {
  const { asked, files } = made();
  files.allow(null);
  files.add([png()]);
  await settled(files);
  expect([files.sending[0]?.failure, asked]).toEqual(["files_off", []]);
});

test("a refusal stays with its file until it is dropped or tried again", async () => {
  let refuses = true;
  const { files } = made(async () => {
    if (refuses) {
      throw refusal("file_type_mismatch", 415);
    }
  });
  files.add([png("a.png"), png("b.png")]);
  await settled(files);
  expect(files.sending.map(({ failure }) => failure)).toEqual([
    "file_type_mismatch",
    "file_type_mismatch",
  ]);
  refuses = false;
  files.drop(files.sending[0]?.id ?? 0);
  files.again(files.sending[0]?.id ?? 0);
  await settled(files);
  expect(files.sending).toEqual([]);
});

test("whoever sends many at once waits for their turn, but not for ever", async () => {
  let left = 2;
  const upload: Answer = ({ name }) => {
    left -= 1;
    if (left >= 0) {
      throw refusal("too_many_uploads", 429, 4);
    }
    return pass({ id: `FI${name}` } as FileView);
  };
  const { files, waits } = made(undefined, { upload });
  files.add([png()]);
  await settled(files);
  expect([files.sending, waits]).toEqual([[], [4, 4]]);
  left = 100;
  files.add([png()]);
  await settled(files);
  expect([files.sending[0]?.failure, waits.length]).toEqual(["too_many_uploads", 7]);
});

test("a file that is dropped on its way is stopped, and the next one goes", async () => {
  const { asked, files } = made(
    ({ file }, _, __, stopped) =>
      new Promise((resolve, reject) => {
        stopped.addEventListener("abort", () => reject(new Unreachable("stopped")));
        if (file.name === "b.png") {
          resolve();
        }
      }),
  );
  files.add([png("a.png"), png("b.png")]);
  await vi.waitFor(() => expect(asked.length).toBe(1));
  files.drop(files.sending[0]?.id ?? 0);
  await settled(files);
  expect(asked.filter(([name]) => name === "chat")).toEqual([["chat", { file: "FIb.png" }]]);
});

test("leaving the room stops everything", async () => {
  let aborted = false;
  const { files } = made(
    (_, __, ___, stopped) =>
      new Promise((_resolve, reject) => {
        stopped.addEventListener("abort", () => {
          aborted = true;
          reject(new Unreachable("stopped"));
        });
      }),
  );
  files.add([png()]);
  await vi.waitFor(() => expect(files.sending.length).toBe(1));
  await Promise.resolve();
  files.close();
  await vi.waitFor(() => expect(aborted).toBe(true));
  expect(files.sending).toEqual([]);
});

test("a link carries its ticket", async () => {
  const { files } = made();
  const file = { id: "FI7" } as FileView;
  expect(await files.link(file)).toBe("/v1/files/FI7?ticket=t%2B1");
});

test("a picture is fetched once, and again only when that failed", async () => {
  URL.createObjectURL = vi.fn(() => "blob:1");
  let gone = true;
  const download: Answer = ({ file }) => {
    if (gone) {
      throw refusal("file_not_found", 404);
    }
    return pass({ id: file } as FileView);
  };
  const { asked, files } = made(undefined, { download });
  const file = { id: "FI7", type: "image/png" } as FileView;
  await expect(files.picture(file)).rejects.toThrow("file_not_found");
  gone = false;
  expect(await files.picture(file)).toBe("blob:1");
  expect(await files.picture(file)).toBe("blob:1");
  expect(asked.length).toBe(2);
});

test("only pictures of points are shown", () => {
  const shown = ["image/png", "image/svg+xml", "text/html", "application/pdf"].filter((type) =>
    isPicture({ type } as FileView),
  );
  expect(shown).toEqual(["image/png"]);
});
