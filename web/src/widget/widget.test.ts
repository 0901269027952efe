// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type FromPanel, type ToPanel, unwrapped, wrapped } from "./messages.js";
import { start } from "./start.js";
import type { Widget } from "./widget.js";

const SERVER = "https://calls.example";
const FRONT = { accent: "", ink: "", launcher: "", side: "end" } as const;

let widgets: Widget[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  history.replaceState({}, "", "/");
});
afterEach(() => {
  for (const widget of widgets) {
    widget.remove();
  }
  widgets = [];
  document.getElementById("offhook-widget")?.remove();
  sessionStorage.clear();
  document.documentElement.lang = "";
  vi.useRealTimers();
});

function tag(data: Record<string, string> = { site: "site_abc" }) {
  const script = document.createElement("script");
  script.src = `${SERVER}/widget.js`;
  Object.assign(script.dataset, data);
  return script;
}

function put(script = tag()) {
  const complaints: string[] = [];
  const widget = start(script, (why) => complaints.push(why));
  widgets.push(...(widget ? [widget] : []));
  const host = document.getElementById("offhook-widget");
  const root = host?.shadowRoot;
  const button = root?.querySelector("button") as HTMLButtonElement;
  const frame = root?.querySelector("iframe") as HTMLIFrameElement;
  const sent: ToPanel[] = [];
  if (frame?.contentWindow) {
    frame.contentWindow.postMessage = ((data: unknown) => {
      const message = unwrapped<ToPanel>(data);
      if (message) {
        sent.push(message);
      }
    }) as Window["postMessage"];
  }
  const says = (message: FromPanel, origin = SERVER, source = frame.contentWindow) =>
    window.dispatchEvent(new MessageEvent("message", { data: wrapped(message), origin, source }));
  const hello = () => says({ type: "hello", front: FRONT, language: "" });
  return { widget, complaints, host, button, frame, sent, says, hello };
}

test("the button shows once the panel has said hello, and its frame may ask for devices", () => {
  const { button, frame, hello } = put();
  expect(button.hidden).toBe(true);
  expect(frame.src).toBe(`${SERVER}/visit/site_abc`);
  for (const feature of ["microphone", "camera", "display-capture", "autoplay"]) {
    expect(frame.allow).toContain(feature);
  }
  hello();
  expect(button.hidden).toBe(false);
  expect(button.textContent).toBe("Call us");
  expect(frame.title).toBe("Call us");
});

test("an unknown site shows nothing, and the console says why", () => {
  const { frame, complaints, button } = put();
  frame.dispatchEvent(new Event("load"));
  vi.advanceTimersByTime(10_000);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toContain("knows no site site_abc");
  expect(complaints[0]).toContain("allowed origins");
  expect(button.isConnected).toBe(false);
});

test("a tag without a site says so", () => {
  expect(put(tag({})).complaints).toEqual(["no button: the script tag has no data-site"]);
});

test("a script that runs again adds no second widget", () => {
  put();
  expect(put().widget).toBeNull();
  expect(document.querySelectorAll("#offhook-widget")).toHaveLength(1);
});

test("messages from elsewhere are not listened to", () => {
  const { says, button } = put();
  const hello: FromPanel = { type: "hello", front: FRONT, language: "" };
  says(hello, "https://evil.example");
  says(hello, SERVER, window as never);
  window.dispatchEvent(new MessageEvent("message", { data: hello, origin: SERVER }));
  expect(button.hidden).toBe(true);
});

test("pressing opens the panel, and only that is remembered with the page", () => {
  const { button, frame, sent, hello } = put();
  hello();
  button.click();
  expect(frame.hasAttribute("data-folded")).toBe(false);
  expect(button.hidden).toBe(true);
  expect(sent.at(-1)).toEqual({ type: "open" });
  expect({ ...sessionStorage }).toEqual({ "offhook.open": "1" });
});

test("after a reload the panel is open again", () => {
  sessionStorage.setItem("offhook.open", "1");
  const { frame, sent, hello } = put();
  hello();
  expect(frame.hasAttribute("data-folded")).toBe(false);
  expect(sent[0]).toMatchObject({ type: "welcome", open: true });
});

test("folding keeps the frame, so that the call goes on, and gives the focus back", () => {
  const { button, frame, says, hello } = put();
  hello();
  button.click();
  says({ type: "fold" });
  expect(frame.isConnected).toBe(true);
  expect(frame.hasAttribute("data-folded")).toBe(true);
  expect(document.activeElement?.shadowRoot?.activeElement).toBe(button);
  expect(sessionStorage.length).toBe(0);
});

test("folded away the button shows the line, its time and what was not read", () => {
  const { button, says, hello } = put();
  hello();
  says({ type: "line", line: "live", seconds: 62, unread: 2 });
  vi.advanceTimersByTime(1000);
  expect(button.textContent).toContain("Talking");
  expect(button.querySelector(".t")?.textContent).toBe("1:03");
  expect(button.querySelector(".n")?.textContent).toBe("2");
  expect(button.textContent).toContain("Unread messages: 2");
  says({ type: "line", line: "none", seconds: null, unread: 0 });
  expect(button.textContent).toBe("Call us");
});

test("a route change tells the page, drops nothing and adds nothing", () => {
  const { sent, hello, frame } = put();
  hello();
  document.title = "Table";
  history.pushState({}, "", "/tables?finish=oak");
  vi.advanceTimersByTime(400);
  expect(sent.at(-1)).toMatchObject({
    type: "page",
    page: { url: expect.stringContaining("/tables?finish=oak"), title: "Table" },
  });
  document.body.replaceWith(document.createElement("body"));
  expect(frame.isConnected).toBe(true);
});

test("what the page wished for before the panel was there is told afterwards", () => {
  const { sent, hello } = put();
  window.Offhook?.identify("jwt");
  window.Offhook?.setAttributes({ cart: 2, vip: true });
  expect(sent).toEqual([]);
  hello();
  expect(sent.slice(1)).toEqual([
    { type: "identify", identity: "jwt" },
    { type: "attributes", attributes: { cart: "2", vip: "true" } },
  ]);
});

test("a page opens and closes the panel by itself", () => {
  const { frame, hello } = put();
  hello();
  window.Offhook?.open();
  expect(frame.hasAttribute("data-folded")).toBe(false);
  window.Offhook?.close();
  expect(frame.hasAttribute("data-folded")).toBe(true);
});

test("the site's colours, words and side are worn", () => {
  const { host, button, says } = put();
  const front = { accent: "#0b5fff", ink: "#ffffff", launcher: "Talk", side: "start" } as const;
  says({ type: "hello", front, language: "" });
  expect(button.textContent).toBe("Talk");
  expect(host?.dataset.side).toBe("start");
  expect(host?.style.getPropertyValue("--live")).toBe("#0b5fff");
});

test("the words follow the language of the page, and Arabic its direction", () => {
  const { host, button, hello } = put(tag({ site: "site_abc", language: "ar-EG" }));
  hello();
  expect(button.dir).toBe("rtl");
  expect(host?.dir).toBe("");
  expect(button.textContent).toBe("اتصل بنا");
});

test("the frame is as high as what is in it", () => {
  const { frame, says } = put();
  says({ type: "size", height: 512.4 });
  expect(frame.style.blockSize).toBe("512px");
});
