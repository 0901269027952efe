// The entry of /desk.
import { AudioOutput } from "../../client/audio.js";
import { Connection, roomSocket } from "../../client/connection.js";
import { DeskConnection, deskSocket } from "../../client/desk.js";
import { Devices } from "../../client/devices.js";
import { Room } from "../../client/room.js";
import { memory } from "../../memory.js";
import { part, prepare } from "../document.js";
import { Calls } from "./calls.js";
import { DeskController } from "./controller.js";
import { DeskPage } from "./page.js";

const lasting = memory("localStorage");
const devices = new Devices(lasting);
const output = new AudioOutput();
const calls = new Calls({
  devices,
  output,
  room: (token) => new Room(new Connection(roomSocket(location.origin, token))),
});
const controller = new DeskController(() => new DeskConnection(deskSocket(location.origin)), calls);

const page = new DeskPage();
page.controller = controller;
const name = await prepare(() => `${page.heading} · Offhook`);
page.devices = devices;
page.output = output;
page.memory = lasting;
page.regions = { status: part("status"), alert: part("alert") };
page.addEventListener("named", name);
void output.useSpeaker(devices.chosen("speaker")).catch(() => undefined);
part("main").append(page);

// A page that is loaded again keeps its calls: nothing is said to the server, which waits for us.
addEventListener("pagehide", () => controller.drafts.flush());
addEventListener("online", () => {
  controller.retryNow();
  calls.networkChanged();
});
(navigator as { connection?: EventTarget }).connection?.addEventListener("change", () =>
  calls.networkChanged(),
);

/** The SDK's handle on the page: `offhook.room` is the room in front, or null. */
Object.defineProperty(globalThis, "offhook", {
  value: Object.freeze({
    get room() {
      const { front } = controller;
      return front ? calls.room(front.session) : null;
    },
    room_of: (session: string) => calls.room(session),
  }),
});
