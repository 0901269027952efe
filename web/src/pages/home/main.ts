// The entry of the start page.
import { part, prepare } from "../document.js";
import { HomePage } from "./page.js";

await prepare(() => "Offhook");
part("main").append(new HomePage());
