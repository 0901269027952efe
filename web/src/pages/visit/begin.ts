// Puts the panel together once it is wanted: words, line, call, music, and the element that draws.
import { VisitLine, visitSocket } from "../../client/visit.js";
import type { Memory } from "../../memory.js";
import { firstLanguage, onWordsChanged, say, useLanguage, words } from "../../words.js";
import { part } from "../document.js";
import { Sounds } from "../room/sounds.js";
import { VisitCall } from "./call.js";
import { VisitController } from "./controller.js";
import type { HostPage } from "./host.js";
import type { Invitation } from "./invitation.js";
import { HoldMusic } from "./music.js";
import { VisitPage } from "./page.js";
import { Ring } from "./ring.js";
import type { Secret } from "./secret.js";

/** What the page knows before the panel is there. */
export interface Known {
  readonly site: string;
  readonly secret: Secret;
  readonly invitation: Invitation;
  readonly host: HostPage;
  readonly lasting: Memory;
  /** Nobody embeds the page: it was opened by its link. */
  readonly alone: boolean;
}

const CHOICE = "offhook.language";

/** Draw the panel, and open the contact when the visitor did or was in one. */
export async function begin(known: Known): Promise<void> {
  const { site, secret, invitation, host, lasting, alone } = known;
  const own = [host.heard.language, ...navigator.languages];
  await useLanguage(firstLanguage(null, lasting.getItem(CHOICE), own));
  const call = new VisitCall(lasting);
  const line = new VisitLine(
    visitSocket(location.origin, site, () => ({ resume: secret.value, link: invitation.secret })),
    () => controller.hello(),
  );
  const controller = new VisitController(line, call, secret, invitation);
  const page = pageOf(known, controller);
  name(controller);
  follow(known, controller, line, page);
  part("main").replaceChildren(page);
  if (!controller.comeBack() && (alone || host.heard.open)) {
    controller.open();
  }
  page.folded(!alone && !host.heard.open);
}

function pageOf({ host, lasting }: Known, controller: VisitController): VisitPage {
  const page = new VisitPage();
  page.controller = controller;
  page.host = host;
  page.music = new HoldMusic(lasting, () => page.requestUpdate());
  page.ring = new Ring();
  page.sounds = new Sounds(lasting);
  page.regions = { status: part("status"), alert: part("alert") };
  return page;
}

/** The document is called what is to be done here; the site's own language wins over a guess. */
function name(controller: VisitController): void {
  const title = () => {
    const site = controller.state.site?.name;
    document.title = site ? say("visit.panel", { site }) : say("visit.talk");
  };
  let used = "";
  controller.on("changed", () => {
    const language = controller.state.site?.language ?? "";
    if (language && language !== used) {
      used = language;
      if (language !== words().language) {
        void useLanguage(language);
      }
    }
    title();
  });
  onWordsChanged(title);
  title();
}

function follow(
  { host }: Known,
  controller: VisitController,
  line: VisitLine,
  page: VisitPage,
): void {
  const { heard } = host;
  controller.isOn(heard.page, words().language);
  if (heard.identity !== null) {
    controller.identify(heard.identity);
  }
  controller.setAttributes(heard.attributes);
  host.on("open", () => {
    page.folded(false);
    if (!controller.comeBack()) {
      controller.open();
    }
  });
  host.on("folded", () => page.folded(true));
  host.on("page", (message) => controller.moved(message.page));
  host.on("identify", ({ identity }) => controller.identify(identity));
  host.on("attributes", ({ attributes }) => controller.setAttributes(attributes));
  onWordsChanged(() => host.tell({ type: "language", language: words().language }));
  addEventListener("online", () => {
    line.retryNow();
    controller.call.networkChanged();
  });
  addEventListener("pagehide", () => controller.call.vanish());
}
