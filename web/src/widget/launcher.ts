// The button on a site's page and the frame of the panel; it draws what it is told and says what was pressed.
import { sheet } from "./looks.js";
import type { FromPanel, Front } from "./messages.js";
import { shapeOf } from "./shapes.js";
import { isRightToLeft, wordsOf } from "./words.js";

/** What the button shows while the panel is folded. */
export type LineSeen = Omit<Extract<FromPanel, { type: "line" }>, "type">;

export const ELEMENT_ID = "offhook-widget";
const FEATURES = "microphone; camera; display-capture; autoplay; screen-wake-lock; fullscreen";
const QUIET: LineSeen = { line: "none", seconds: null, unread: 0 };

/** The part of the widget that is in the site's page, in a shadow root of its own. */
export class Launcher {
  readonly host = document.createElement("div");
  readonly frame = document.createElement("iframe");
  readonly #button = document.createElement("button");
  #say = wordsOf("en");
  #front: Front | null = null;
  #seen = QUIET;
  #since: number | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(address: string, language: string, pressed: () => void) {
    this.host.id = ELEMENT_ID;
    this.#button.type = "button";
    this.#button.hidden = true;
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#button.addEventListener("click", pressed);
    this.frame.allow = FEATURES;
    this.frame.toggleAttribute("data-folded", true);
    this.frame.src = address;
    this.speak(language);
    const root = this.host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    root.append(this.#button, this.frame);
    // Beside the body: single-page sites that swap the body would end the call with it.
    document.documentElement.append(this.host);
  }

  get opened(): boolean {
    return !this.frame.hasAttribute("data-folded");
  }

  /** Use the words of this language. The corner is the page's: another language moves nothing. */
  speak(language: string): void {
    this.#say = wordsOf(language);
    this.#button.lang = language;
    this.#button.dir = isRightToLeft(language) ? "rtl" : "ltr";
    this.frame.title = this.#say("panel");
    this.#draw();
  }

  /** The site is known: show the button. */
  present(front: Front): void {
    this.#front = front;
    const { style } = this.host;
    if (front.accent) {
      style.setProperty("--live", front.accent);
      style.setProperty("--on", front.ink || "#fff");
    }
    this.host.dataset.side = front.side;
    this.#draw();
  }

  /** Unfold the panel or fold it away; `focus`: the person did it, so the focus follows. */
  turn(open: boolean, focus: boolean): void {
    this.frame.toggleAttribute("data-folded", !open);
    this.#draw();
    if (focus && open) {
      this.frame.focus();
    } else if (focus) {
      this.#button.focus();
    }
  }

  /** Give the frame the height of what is in it. */
  fit(height: number): void {
    this.frame.style.blockSize = `${Math.max(120, Math.round(height))}px`;
  }

  /** Show the state of the line. */
  show(seen: LineSeen): void {
    this.#seen = seen;
    this.#since = seen.seconds === null ? null : Date.now() - seen.seconds * 1000;
    clearInterval(this.#beat);
    if (this.#since !== null) {
      this.#beat = setInterval(() => this.#draw(), 1000);
    }
    this.#draw();
  }

  /** Take everything away again. */
  remove(): void {
    clearInterval(this.#beat);
    this.host.remove();
  }

  #draw(): void {
    const { line, unread } = this.#seen;
    const idle = line === "none";
    this.#button.hidden = this.#front === null || this.opened;
    this.#button.setAttribute("aria-expanded", String(this.opened));
    const call = this.#front?.launcher || this.#say("call");
    this.#button.replaceChildren(
      shapeOf(line),
      part("w", idle ? call : this.#say(line)),
      ...(this.#since === null ? [] : [part("t", lasted(Date.now() - this.#since))]),
      ...(idle ? [] : [part("v", this.#say("show"))]),
      ...(unread > 0 ? [part("n", unread > 99 ? "99+" : String(unread), true)] : []),
      ...(unread > 0 ? [part("v", this.#say("unread").replace("{count}", String(unread)))] : []),
    );
  }
}

function part(kind: string, words: string, decorative = false): HTMLElement {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = words;
  if (decorative) {
    span.ariaHidden = "true";
  }
  return span;
}

/** A duration in milliseconds as m:ss, from one hour on h:mm:ss. */
function lasted(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}
