// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./preview.js";
import type { Preview, PreviewModel } from "./preview.js";

const off = { track: null, on: false, asking: false, trouble: null } as const;

const model: PreviewModel = {
  title: "Thursday review",
  present: [],
  name: "",
  nameFixed: false,
  microphone: off,
  camera: off,
  devices: {
    lists: { microphone: [], camera: [], speaker: [] },
    chosen: { microphone: "", camera: "", speaker: "" },
    canChooseSpeaker: true,
    canCapture: true,
    processing: { noiseSuppression: true, echoCancellation: true, autoGainControl: true },
  },
  maySpeak: true,
  joining: false,
  failure: null,
};

const preview = (more: Partial<PreviewModel> = {}) =>
  drawn<Preview>("oh-preview", { model: { ...model, ...more } });

async function join(shown: Preview, name: string) {
  inside<HTMLInputElement>(shown, "#name").value = name;
  inside(shown, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  await shown.updateComplete;
}

test("joining reports the name that was written", async () => {
  const shown = await preview();
  const joins = heard<string>(shown, "join");
  await join(shown, " Ada ");
  expect(joins).toEqual(["Ada"]);
});

test("without a name nothing is joined, and the field says why", async () => {
  const shown = await preview();
  const joins = heard<string>(shown, "join");
  await join(shown, "  ");
  expect(joins).toEqual([]);
  const field = inside(shown, "#name");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  const problem = inside(shown, `#${field.getAttribute("aria-describedby")}`);
  expect(tidy(problem.textContent)).toContain("Write your name");
});

test("blocked devices say what to do and do not block joining", async () => {
  const blocked = { ...off, trouble: "blocked" } as const;
  const shown = await preview({ microphone: blocked, camera: blocked });
  const retries = heard<string>(shown, "retry");
  expect(tidy(inside(shown, ".troubles").textContent)).toContain("Allow them in the address bar");
  button(shown, "Try again").click();
  expect(retries).toEqual(["both"]);
  expect(button(shown, "Join").disabled).toBe(false);
});

test("different troubles are told apart", async () => {
  const shown = await preview({
    microphone: { ...off, trouble: "missing" },
    camera: { ...off, trouble: "busy" },
  });
  expect(shown.renderRoot.querySelectorAll(".troubles .notice")).toHaveLength(2);
});

test("who is here is said by name, the rest by number", async () => {
  const present = ["Amara", "Jonas", "Priya", "Lena"].map((name) => ({ name, identity: name }));
  const shown = await preview({ present });
  expect(tidy(inside(shown, ".heading p").textContent)).toBe(
    "4 people are here: Amara, Jonas, Priya, and 1 other.",
  );
});

test("an invitation to listen shows no devices to speak with", async () => {
  const shown = await preview({ maySpeak: false });
  expect(shown.renderRoot.querySelector(".devbar")).toBeNull();
});

test("the name of an invitation stays", async () => {
  const shown = await preview({ name: "Lena", nameFixed: true });
  expect(inside<HTMLInputElement>(shown, "#name").readOnly).toBe(true);
});
