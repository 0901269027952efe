// The entry of /docs.
import { part, prepare } from "../document.js";

await prepare(() => "API · Offhook");
part("main");
