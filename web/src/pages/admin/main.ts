// The entry of /admin.
import { say } from "../../words.js";
import { part, prepare } from "../document.js";
import { AdminPage } from "./page.js";

const page = new AdminPage();
const name = await prepare(() => `${page.heading} · ${say("admin.title")} · Offhook`);
page.addEventListener("named", name);
page.status = part("status");
part("main").append(page);
