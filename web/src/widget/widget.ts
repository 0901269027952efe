// The widget in a site's page: joins the button, the panel's messages and the page's own wishes.
import { Launcher } from "./launcher.js";
import { type FromPanel, type ToPanel, unwrapped, wrapped } from "./messages.js";
import { pageNow, watchPage } from "./whereabouts.js";

/** What the script tag says. */
export interface Tag {
  /** The origin that serves the widget. */
  readonly server: string;
  readonly site: string;
  /** The language that was asked for, empty: the page's own. */
  readonly language: string;
}

/** What a page can do with the widget: `window.Offhook`. */
export interface WidgetApi {
  /** Unfold the panel. */
  open(): void;
  /** Fold the panel away; a call goes on. */
  close(): void;
  /** Say who the visitor is, by a JWT that the site's own server signed. */
  identify(identity: string): void;
  /** Tell the agents something about the visit; they see it as not verified. */
  setAttributes(attributes: Record<string, unknown>): void;
}

const OPEN = "offhook.open";
/** How long after its frame has loaded a panel may stay silent before it is given up, in ms. */
const PATIENCE = 8000;

/** One widget; a page has at most one. */
export class Widget implements WidgetApi {
  readonly #launcher: Launcher;
  readonly #waiting: ToPanel[] = [];
  readonly #stops: (() => void)[] = [];
  #ready = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly tag: Tag,
    private readonly complain: (why: string) => void,
  ) {
    const address = `${tag.server}/visit/${encodeURIComponent(tag.site)}`;
    this.#launcher = new Launcher(address, this.#language(), () => this.#turn(true, true));
    this.#listen();
  }

  open(): void {
    this.#turn(true, true);
  }

  close(): void {
    this.#turn(false, false);
  }

  identify(identity: string): void {
    this.#tell({ type: "identify", identity: String(identity) });
  }

  setAttributes(attributes: Record<string, unknown>): void {
    const flat = Object.entries(attributes).map(([name, value]) => [name, String(value)]);
    this.#tell({ type: "attributes", attributes: Object.fromEntries(flat) });
  }

  /** Take the widget away from the page. */
  remove(): void {
    clearTimeout(this.#patience);
    for (const stop of this.#stops) {
      stop();
    }
    this.#launcher.remove();
  }

  #listen(): void {
    const { frame } = this.#launcher;
    const heard = (event: MessageEvent) => this.#heard(event);
    addEventListener("message", heard);
    frame.addEventListener("load", () => this.#loaded());
    this.#stops.push(() => removeEventListener("message", heard));
    this.#stops.push(watchPage((page) => this.#tell({ type: "page", page })));
  }

  /** A frame that was refused loads too, but nobody in it says hello. */
  #loaded(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (!this.#ready) {
        const { server, site } = this.tag;
        this.complain(
          `no button: ${server} knows no site ${site}, or ${location.origin} is not among its ` +
            "allowed origins, or this page's frame-src does not name that server",
        );
        this.remove();
      }
    }, PATIENCE);
  }

  #heard({ origin, source, data }: MessageEvent): void {
    if (origin !== this.tag.server || source !== this.#launcher.frame.contentWindow) {
      return;
    }
    const message = unwrapped<FromPanel>(data);
    switch (message?.type) {
      case "hello":
        this.#greeted(message);
        break;
      case "size":
        this.#launcher.fit(Number(message.height) || 0);
        break;
      case "fold":
        this.#turn(false, true);
        break;
      case "show":
        this.#turn(true, false);
        break;
      case "language":
        this.#launcher.speak(message.language);
        break;
      case "line":
        this.#launcher.show(message);
        break;
    }
  }

  #greeted({ front, language }: Extract<FromPanel, { type: "hello" }>): void {
    this.#ready = true;
    clearTimeout(this.#patience);
    this.#launcher.speak(language || this.#language());
    this.#launcher.present(front);
    const open = this.#launcher.opened || remembered();
    this.#send({ type: "welcome", open, language: this.#language(), page: pageNow() });
    for (const message of this.#waiting.splice(0)) {
      this.#send(message);
    }
    if (open) {
      this.#turn(true, false);
    }
  }

  #turn(open: boolean, focus: boolean): void {
    remember(open);
    this.#launcher.turn(open, focus);
    if (this.#ready) {
      this.#send({ type: open ? "open" : "folded" });
    }
  }

  #tell(message: ToPanel): void {
    if (this.#ready) {
      this.#send(message);
    } else {
      this.#waiting.push(message);
    }
  }

  #send(message: ToPanel): void {
    this.#launcher.frame.contentWindow?.postMessage(wrapped(message), this.tag.server);
  }

  #language(): string {
    return this.tag.language || document.documentElement.lang || navigator.language;
  }
}

/** Only whether the panel was open is kept with the page; who the visitor is stays in the frame. */
function remembered(): boolean {
  try {
    return sessionStorage.getItem(OPEN) === "1";
  } catch {
    return false;
  }
}

function remember(open: boolean): void {
  try {
    if (open) {
      sessionStorage.setItem(OPEN, "1");
    } else {
      sessionStorage.removeItem(OPEN);
    }
  } catch {
    // A page without storage forgets it, and the panel comes back folded.
  }
}
