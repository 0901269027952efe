// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./call-bar.js";
import type { CallAction, CallBar, CallBarModel } from "./call-bar.js";

const model: CallBarModel = {
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
};

const bar = (more: Partial<CallBarModel> = {}) =>
  drawn<CallBar>("oh-call-bar", { model: { ...model, ...more } });
const names = (shown: CallBar) =>
  [...shown.renderRoot.querySelectorAll("button")].map((each) => tidy(each.textContent));

test("a name says what the next press does", async () => {
  expect(names(await bar())).toEqual(["Mute", "Stop camera", "Share screen", "Chat", "Leave"]);
  const other = await bar({ muted: true, camera: false, sharing: true });
  expect(names(other)).toEqual(["Unmute", "Start camera", "Stop sharing", "Chat", "Leave"]);
});

test("a button whose name changes is never pressed", async () => {
  const shown = await bar({ muted: true });
  expect(shown.renderRoot.querySelector("[aria-pressed]")).toBeNull();
});

test("each button reports its action", async () => {
  const shown = await bar();
  const acts = heard<CallAction>(shown, "act");
  for (const name of names(shown)) {
    button(shown, name).click();
  }
  expect(acts).toEqual(["microphone", "camera", "share", "chat", "leave"]);
});

test("unread messages describe the button and leave its name alone", async () => {
  const shown = await bar({ unread: 120 });
  const chat = inside(shown, "[aria-expanded]");
  expect(chat.getAttribute("aria-describedby")).toBe("unread");
  expect(tidy(inside(shown, "#unread").textContent)).toBe("120 unread messages");
  expect(tidy(inside(shown, ".count").textContent)).toBe("99+");
  expect(tidy(inside(shown, "[aria-expanded] .t").textContent)).toBe("Chat");
});

test("what the invitation does not allow can be reached and says why, but does nothing", async () => {
  const shown = await bar({ canSpeak: false });
  const acts = heard<CallAction>(shown, "act");
  const mute = button(shown, "Mute");
  mute.click();
  expect(acts).toEqual([]);
  expect(mute.disabled).toBe(false);
  expect(mute.getAttribute("aria-description")).toBe("Your invitation does not allow this.");
});

test("keys are named only while they work", async () => {
  expect(button(await bar(), "Mute").getAttribute("aria-keyshortcuts")).toBe("m");
  const without = await bar({ shortcuts: false });
  expect(without.renderRoot.querySelector("[aria-keyshortcuts]")).toBeNull();
});
