// The entry of /r/<room>.
import { memory } from "../../memory.js";
import { part, prepare } from "../document.js";
import { RoomController } from "./controller.js";
import { Door, roomOf } from "./knock.js";
import { RoomPage } from "./page.js";

const room = roomOf(location.pathname);
const invitation = new URLSearchParams(location.search).get("token");
const lasting = memory("localStorage");
const controller = new RoomController(
  new Door(room, invitation, memory("sessionStorage")),
  lasting,
);

const name = await prepare(() => `${controller.admission?.title || room} · Offhook`);
controller.on("changed", name);

const page = new RoomPage();
page.controller = controller;
page.memory = lasting;
page.regions = { status: part("status"), alert: part("alert") };
part("main").append(page);

addEventListener("pagehide", (event) => {
  if (!event.persisted) {
    controller.vanish();
  }
});
addEventListener("online", () => controller.room?.networkChanged());
(navigator as { connection?: EventTarget }).connection?.addEventListener("change", () =>
  controller.room?.networkChanged(),
);

/** The SDK's handle on the page: `offhook.room` is the `Room` of this tab, or null. */
Object.defineProperty(globalThis, "offhook", {
  value: Object.freeze({
    get room() {
      return controller.room;
    },
  }),
});
