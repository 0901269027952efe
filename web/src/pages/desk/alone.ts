// What the desk shows when there is no work on it: an open or closed line, or why there is no desk.
import { html, nothing, type TemplateResult } from "lit";
import type { ActivityView, Desk } from "../../desk-protocol.js";
import { icon, lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import { doingOf, whyAway } from "./view.js";

/** Why somebody who is signed in sees no desk. */
export type Missing = "elsewhere" | "refused" | "none";

/** Nothing but the reason, and for another tab the way back; `again`: take the desk over. */
export function missing(why: Missing, again: () => void): TemplateResult {
  const key = why === "refused" ? "admin.nothing" : (`desk.${why}` as const);
  return html`<main class="state alone">
    ${lineGlyph(why === "none" ? "flat" : "ended", "state-mark")}
    <h1>${say(key)}</h1>
    <p>${say(`${key}.what`)}</p>
    ${
      why === "elsewhere"
        ? html`<button class="btn btn-ink" type="button" @click=${again}>${say("control.use_this_tab")}</button>`
        : nothing
    }
  </main>`;
}

/** What can be done on a desk without work; `notify`: null when the browser was asked already. */
export interface IdleDoors {
  come(activity: string): void;
  testRing(): void;
  readonly notify: (() => void) | null;
}

/** The line that waits: open, or closed with the reason when it was not the agent who closed it. */
export function idle(
  { agent }: Desk,
  activities: readonly ActivityView[],
  { come, testRing, notify }: IdleDoors,
): TemplateResult {
  const { line } = doingOf(agent, activities);
  const open = line === "open";
  const available = open ? undefined : activities.find((each) => each.available);
  const why = open ? "" : whyAway(agent);
  return html`<div class="state">
    <span class="line" data-line=${line}>${lineGlyph(line, "state-mark")}</span>
    <h1>${say(open ? "desk.open" : "desk.closed")}</h1>
    <p>${say(open ? "desk.open.what" : "desk.closed.what")}</p>
    ${
      why
        ? html`<p class="notice" data-tone="wait">${icon("missed")}<span>${why}</span></p>`
        : nothing
    }
    <div class="cluster">
      ${
        available
          ? html`<button class="btn btn-open" type="button" @click=${() => come(available.id)}>
              ${say(why ? "desk.back" : "desk.come")}</button>`
          : nothing
      }
      <button class="btn" type="button" @click=${testRing}>${icon("volume")}${say("desk.ring.test")}</button>
      ${
        notify
          ? html`<button class="btn" type="button" @click=${notify}>${icon("bell")}${say("desk.notify")}</button>`
          : nothing
      }
    </div>
  </div>`;
}

/** The server does not answer for a moment. */
export function reconnecting(retry: () => void): TemplateResult {
  return html`<p class="notice cut-off" data-tone="wait">
    ${icon("spin", "turning")}<span class="grow">${say("desk.reconnecting")}</span>
    <button class="btn btn-s" type="button" @click=${retry}>${say("control.retry")}</button>
  </p>`;
}

/** A page that was loaded anew cannot ring before it is touched. */
export function silent(touch: () => void): TemplateResult {
  return html`<p class="notice silent" data-tone="info">
    ${icon("volume")}<span class="grow">${say("device.sound")}</span>
    <button class="btn btn-s" type="button" @click=${touch}>${say("device.sound.tap")}</button>
  </p>`;
}
