// What is said above a form: that somebody else was faster, what stands in the way, what is not there.
import { html, nothing, type TemplateResult } from "lit";
import { icon, lineGlyph } from "../../../icons.js";
import { say } from "../../../words.js";
import { isGone, wordsFor } from "../../admin/words.js";
import { fragmentOf } from "../route.js";
import type { Dependent } from "./dependents.js";
import { key } from "./kinds.js";
import type { Plural } from "./objects.js";

/** Somebody else changed it meanwhile; nothing is lost before one of the two is chosen. */
export function conflict(take: () => void, keep: () => void): TemplateResult {
  return html`<div class="notice conflict" data-tone="wait" role="alert">
    ${icon("alert")}<span class="grow">${say("setup.conflict")}</span>
    <span class="cluster">
      <button class="btn btn-s" type="button" @click=${take}>${say("setup.conflict.theirs")}</button>
      <button class="btn btn-s btn-ink" type="button" @click=${keep}>${say("setup.conflict.mine")}</button>
    </span>
  </div>`;
}

/** The fields that both of us changed, after mine were kept. */
export function changedByBoth(fields: readonly string[]): TemplateResult | typeof nothing {
  return fields.length > 0
    ? html`<p class="notice" data-tone="wait" role="status">
        ${icon("info")}<span>${say("setup.conflict.both", { fields: fields.join(", ") })}</span>
      </p>`
    : nothing;
}

/** Who names it, so that it stays. */
export function inUse(name: string, users: readonly Dependent[]): TemplateResult | typeof nothing {
  return users.length > 0
    ? html`<div class="notice" data-tone="wait" role="alert">
        ${icon("alert")}<span class="grow">${say("setup.in_use", { name })} ${users.map(link)}</span>
      </div>`
    : nothing;
}

function link({ plural, id, name }: Dependent, n: number): TemplateResult {
  return html`${n > 0 ? ", " : nothing}<a href=${fragmentOf(plural, id)}>${say(key(plural))}: <bdi>${name}</bdi></a>`;
}

/** An object before anything is known of it: it is read, it is gone, or why not. */
export function unread(plural: Plural, missing: unknown, again: () => void): TemplateResult {
  if (!missing) {
    return html`<div class="card waiting" role="status" aria-busy="true">
      <span class="vh">${say("admin.loading")}</span>
      <div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div>
    </div>`;
  }
  const gone = isGone(missing);
  return html`<section class="card">
    <div class="state">
      ${lineGlyph(gone ? "ended" : "lost", "state-mark")}
      <h2 class="h3">${say(gone ? "admin.problem.gone" : "admin.failed")}</h2>
      ${gone ? nothing : html`<p>${wordsFor(missing)}</p>`}
      ${
        gone
          ? html`<a class="btn" href=${fragmentOf(plural)}>${say(key(plural))}</a>`
          : html`<button class="btn" type="button" @click=${again}>${say("control.retry")}</button>`
      }
    </div>
  </section>`;
}
