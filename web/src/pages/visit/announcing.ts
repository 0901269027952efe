// What is said aloud while a visitor waits and talks: only what improves, and each thing once.
import type { SiteView, Visit } from "../../visit-protocol.js";
import { say } from "../../words.js";
import { nameOf, waitWords } from "./wording.js";

/** Words for the two live regions. */
export interface Said {
  readonly status: string | null;
  readonly alert: string | null;
}

const NOTHING: Said = { status: null, alert: null };

/** Remembers what was said, to say only what is better or new. */
export class Announcer {
  #position = Number.POSITIVE_INFINITY;
  #wait = Number.POSITIVE_INFINITY;
  #before: Visit | null = null;

  /** What to say of the contact as it is now. */
  hear(visit: Visit, site: SiteView): Said {
    const before = this.#before?.session === visit.session ? this.#before : null;
    this.#before = visit;
    if (visit.state === "queued") {
      return this.#waiting(visit);
    }
    this.#position = this.#wait = Number.POSITIVE_INFINITY;
    return changed(before, visit, site) ?? NOTHING;
  }

  #waiting(visit: Visit): Said {
    const position = visit.position ?? Number.POSITIVE_INFINITY;
    const wait = visit.wait ?? Number.POSITIVE_INFINITY;
    const better = position < this.#position || wait < this.#wait;
    this.#position = Math.min(this.#position, position);
    this.#wait = Math.min(this.#wait, wait);
    if (!better) {
      return NOTHING;
    }
    const place = visit.position && say("visit.place.now", { count: visit.position });
    return { status: [place, waitWords(visit)].filter(Boolean).join(" "), alert: null };
  }
}

function changed(before: Visit | null, visit: Visit, site: SiteView): Said | null {
  const name = nameOf(visit);
  const status = (words: string): Said => ({ status: words, alert: null });
  const alert = (words: string): Said => ({ status: null, alert: words });
  if (visit.ringing && !before?.ringing) {
    return alert(
      visit.agent
        ? say("visit.callback.rings", { name })
        : say("visit.callback.rings.site", { site: site.name }),
    );
  }
  if (visit.recording !== (before?.recording ?? false)) {
    return alert(say(visit.recording ? "visit.recording.on" : "visit.recording.off"));
  }
  if (visit.held !== (before?.held ?? false) && visit.state === "live") {
    return status(say(visit.held ? "visit.held" : "visit.held.over", { name }));
  }
  if (visit.state === before?.state) {
    return null;
  }
  switch (visit.state) {
    case "offering":
      return status(say("visit.ringing"));
    case "connecting":
      return status(say("visit.connecting.to", { name }));
    case "live":
      return status(say("visit.connected", { name }));
    case "ended":
    case "failed":
      return before ? alert(say("visit.ended")) : null;
    default:
      return null;
  }
}
