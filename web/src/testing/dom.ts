// Elements in a document: put there, looked at, taken away.
import type { LitElement } from "lit";
import { afterEach } from "vitest";

/** A stream that only keeps its tracks. */
class StreamInMemory {
  constructor(private readonly tracks: unknown[] = []) {}
  getTracks(): unknown[] {
    return this.tracks;
  }
  getAudioTracks(): unknown[] {
    return this.tracks;
  }
}

Object.assign(globalThis, { MediaStream: StreamInMemory });
if (globalThis.HTMLMediaElement) {
  HTMLMediaElement.prototype.play = async () => undefined;
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", { value: null, writable: true });
}

if (globalThis.Element) {
  Element.prototype.scrollIntoView = () => undefined;
  globalThis.scrollTo = () => undefined;
}

afterEach(() => {
  document.body.replaceChildren();
});

/** An element of the page, drawn with these properties. */
export async function drawn<Kind extends LitElement>(
  name: string,
  properties: Partial<Kind>,
): Promise<Kind> {
  const element = Object.assign(document.createElement(name), properties) as Kind;
  document.body.append(element);
  await element.updateComplete;
  return element;
}

/** The first element inside that fits. */
export function inside<Found extends Element = HTMLElement>(
  host: LitElement,
  query: string,
): Found {
  const found = host.renderRoot.querySelector<Found>(query);
  if (!found) {
    throw new Error(`nothing fits ${query}`);
  }
  return found;
}

/** The button inside that carries these words. */
export function button(host: LitElement, words: string): HTMLButtonElement {
  const all = [...host.renderRoot.querySelectorAll("button")];
  const found = all.find(
    (each) => each.getAttribute("aria-label") === words || tidy(each.textContent) === words,
  );
  if (!found) {
    throw new Error(`no button ${words}: ${all.map((each) => tidy(each.textContent)).join(", ")}`);
  }
  return found;
}

/** The details of the events of one name from now on. */
export function heard<Detail>(host: EventTarget, name: string): Detail[] {
  const details: Detail[] = [];
  host.addEventListener(name, (event) => details.push((event as CustomEvent<Detail>).detail));
  return details;
}

/** Text without the space around it and inside it. */
export function tidy(text: string | null): string {
  return (text ?? "").replace(/\s+/g, " ").trim();
}
