// The entry of /visit/<site key>: says hello at once, and loads the rest when it is wanted.
import { memory } from "../../memory.js";
import { applyTheme } from "../../theme.js";
import { frontOf, linkedSecret, siteOf, wear } from "./front.js";
import { HostPage } from "./host.js";
import { Invitation } from "./invitation.js";
import { Secret } from "./secret.js";

/** Where the visitor's choice of a language is remembered. */
const CHOICE = "offhook.language";

const site = siteOf(location.pathname);
const lasting = memory("localStorage");
const secret = new Secret(site, lasting, memory("sessionStorage"));
const host = new HostPage();
const front = frontOf();
const invitation = new Invitation();
const linked = linkedSecret();

applyTheme();
wear(front, document.documentElement);
if (linked) {
  secret.keep(linked);
}

host.greet({ type: "hello", front, language: lasting.getItem(CHOICE) ?? "" });

/** Most pages that carry the button never open it: they get the hello and nothing more. */
function whenWanted(): Promise<void> {
  return new Promise<void>((resolve) => {
    host.on("welcome", ({ open }) => (open || secret.isHere) && resolve());
    host.on("open", () => resolve());
  }).then(() => start(false));
}

async function start(alone: boolean): Promise<void> {
  const { begin } = await import("./begin.js");
  await begin({ site, secret, invitation, host, lasting, alone });
}

void (host.embedded ? whenWanted() : start(true));
