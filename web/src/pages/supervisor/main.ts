// The entry of /supervisor.
import { DeskConnection, deskSocket } from "../../client/desk.js";
import { say } from "../../words.js";
import { part, prepare } from "../document.js";
import { LiveController } from "./controller.js";
import { SupervisorPage } from "./page.js";

const controller = new LiveController(() => new DeskConnection(deskSocket(location.origin)));
await prepare(() => `${say("live.title")} · Offhook`);
const page = new SupervisorPage();
page.controller = controller;
page.regions = { status: part("status"), alert: part("alert") };
part("main").append(page);
addEventListener("online", () => controller.retryNow());
