// The entry of /widget.js, the one file that a site's page loads.
import { start } from "./start.js";

/** An async script may run late; a module or a tag manager's copy has no currentScript. */
const script =
  document.currentScript instanceof HTMLScriptElement
    ? document.currentScript
    : document.querySelector<HTMLScriptElement>("script[data-site][src$='/widget.js']");

start(script, (why) => {
  // biome-ignore lint/suspicious/noConsole: the console is where a site's developers look
  console.error(`Offhook: ${why}`);
});
