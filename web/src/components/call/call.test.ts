// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./call.js";
import type { Call, CallModel } from "./call.js";

const model: CallModel = {
  title: "Thursday review",
  since: Date.now(),
  line: "live",
  weak: false,
  people: [],
  screen: null,
  bar: {
    muted: false,
    camera: true,
    sharing: false,
    microphoneBusy: false,
    cameraBusy: false,
    canSpeak: true,
    canShow: true,
    canShare: true,
    canChat: true,
    chatOpen: false,
    unread: 0,
    shortcuts: true,
  },
  menu: [],
  panel: null,
  rows: [],
  moderates: false,
  locked: false,
  banned: [],
  lines: [],
  files: null,
  mayChat: true,
  chatFailure: "",
  notices: [],
  alone: false,
};

const call = (more: Partial<CallModel> = {}) =>
  drawn<Call>("oh-call", { model: { ...model, ...more } });

test("the line says how it stands, in a shape, a colour and a word", async () => {
  expect(tidy(inside(await call(), ".line").textContent)).toContain("Connected");
  const lost = inside(await call({ line: "lost" }), ".line");
  expect(lost.dataset.line).toBe("lost");
  expect(tidy(lost.textContent)).toBe("Reconnecting");
});

test("a notice stays with its action", async () => {
  const notice = {
    id: "retry",
    tone: "wait",
    words: "Reconnecting.",
    action: "Try again",
  } as const;
  const shown = await call({ notices: [notice] });
  const used = heard<string>(shown, "notice");
  button(shown, "Try again").click();
  expect(used).toEqual(["retry"]);
});

test("the panel is named after what is in it, and Escape closes it", async () => {
  const shown = await call({ panel: "people" });
  const closes = heard(shown, "close-panel");
  const panel = inside(shown, "aside");
  expect(panel.getAttribute("aria-label")).toBe("People");
  panel.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(closes).toHaveLength(1);
});

test("there is one heading and one main part", async () => {
  const shown = await call();
  expect(shown.renderRoot.querySelectorAll("h1")).toHaveLength(1);
  expect(shown.renderRoot.querySelectorAll("main")).toHaveLength(1);
});
