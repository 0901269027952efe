// The entry of /supervisor.
import { DeskConnection, deskSocket } from "../../client/desk.js";
import { part, prepare } from "../document.js";
import { LiveController } from "./controller.js";
import { SupervisorPage } from "./page.js";

const controller = new LiveController(() => new DeskConnection(deskSocket(location.origin)));
const page = new SupervisorPage();
page.controller = controller;
page.regions = { status: part("status"), alert: part("alert") };
const name = await prepare(() => `${page.heading} · Offhook`);
page.addEventListener("named", name);
part("main").append(page);
addEventListener("online", () => controller.retryNow());
