// The entry of /docs.
import { say } from "../../words.js";
import { part, prepare } from "../document.js";
import { DocsPage } from "./page.js";

await prepare(() => `${say("docs.title")} · Offhook`);
part("main").append(new DocsPage());
