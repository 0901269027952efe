// @vitest-environment jsdom
import { expect, test } from "vitest";
import { type FromPanel, type ToPanel, unwrapped, wrapped } from "../../widget/messages.js";
import { HostPage } from "./host.js";

const SHOP = "https://shop.example";
const page = { url: `${SHOP}/lamp`, title: "Lamp", referrer: "" };
const welcome: ToPanel = { type: "welcome", open: true, language: "fr", page };

function framed() {
  const told: { message: FromPanel | null; to: string }[] = [];
  const parent = {
    postMessage: (data: unknown, to: string) => told.push({ message: unwrapped(data), to }),
  };
  const self = new EventTarget() as EventTarget & { parent: unknown };
  self.parent = parent;
  const host = new HostPage(self as unknown as Window);
  const says = (message: ToPanel, origin = SHOP, source: unknown = parent) => {
    const event = Object.assign(new Event("message"), { data: wrapped(message), origin, source });
    self.dispatchEvent(event);
  };
  return { host, told, says };
}

test("nothing but the hello is told before the page around has answered", () => {
  const { host, told, says } = framed();
  host.tell({ type: "fold" });
  expect(told).toEqual([]);
  says(welcome);
  host.tell({ type: "fold" });
  expect(told).toEqual([{ message: expect.objectContaining({ type: "fold" }), to: SHOP }]);
});

test("only the origin of the first answer is listened to", () => {
  const { host, says } = framed();
  const opens: unknown[] = [];
  host.on("open", (message) => opens.push(message));
  says({ type: "open" });
  says(welcome, SHOP, {});
  says({ type: "open" });
  expect(opens).toEqual([]);
  says(welcome);
  says({ type: "open" }, "https://evil.example");
  expect(opens).toEqual([]);
  says({ type: "open" });
  expect(opens).toHaveLength(1);
});

test("what was said is known to who listens later", () => {
  const { host, says } = framed();
  says(welcome);
  says({ type: "identify", identity: "jwt" });
  says({ type: "attributes", attributes: { a: "1" } });
  says({ type: "attributes", attributes: { b: "2" } });
  says({ type: "page", page: { ...page, title: "Table" } });
  expect(host.heard).toEqual({
    open: true,
    language: "fr",
    page: { ...page, title: "Table" },
    identity: "jwt",
    attributes: { a: "1", b: "2" },
  });
});

test("a page that was opened by its link has nobody around", () => {
  expect(new HostPage(window).embedded).toBe(false);
});
