// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./devices.js";
import type { ChosenDetail, DevicePickers, DevicesModel } from "./devices.js";

const device = (deviceId: string, label: string) => ({ deviceId, label }) as MediaDeviceInfo;

const model: DevicesModel = {
  lists: {
    microphone: [device("a", "Headset"), device("b", "")],
    camera: [],
    speaker: [device("s", "Loudspeaker")],
  },
  chosen: { microphone: "b", camera: "", speaker: "" },
  canChooseSpeaker: true,
  canCapture: true,
  processing: { noiseSuppression: true, echoCancellation: true, autoGainControl: false },
};

const pickers = (more: Partial<DevicesModel> = {}) =>
  drawn<DevicePickers>("oh-devices", { model: { ...model, ...more } });

test("devices stand there by name, or by number while their names are not known", async () => {
  const shown = await pickers();
  const names = [...inside(shown, "#microphone").querySelectorAll("option")];
  expect(names.map((each) => tidy(each.textContent))).toEqual(["Headset", "Microphone 2"]);
  expect(inside<HTMLSelectElement>(shown, "#microphone").value).toBe("b");
});

test("a kind without devices says so", async () => {
  const camera = inside<HTMLSelectElement>(await pickers(), "#camera");
  expect(camera.disabled).toBe(true);
  expect(tidy(camera.textContent)).toBe("No camera found");
});

test("a choice is reported with its kind", async () => {
  const shown = await pickers();
  const chosen = heard<ChosenDetail>(shown, "choose-device");
  const microphone = inside<HTMLSelectElement>(shown, "#microphone");
  microphone.value = "a";
  microphone.dispatchEvent(new Event("change"));
  expect(chosen).toEqual([{ kind: "microphone", id: "a" }]);
});

test("the speaker can be tested", async () => {
  const shown = await pickers();
  const tests = heard(shown, "test-speaker");
  button(shown, "Test speaker").click();
  expect(tests).toHaveLength(1);
});

test("the treatment of the sound is switched one by one", async () => {
  const shown = await pickers();
  const switched = heard(shown, "process");
  inside(shown, "[aria-labelledby=autoGainControl]").click();
  expect(switched).toEqual([{ autoGainControl: true }]);
});

test("who may only listen chooses only the speaker", async () => {
  const shown = await pickers({ canCapture: false });
  expect(shown.renderRoot.querySelectorAll("select")).toHaveLength(1);
});
