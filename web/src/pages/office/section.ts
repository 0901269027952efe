// What all sections of the pages for people who work here share: what is under way, what went
// wrong, and their looks.
import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { OffhookElement } from "../../components/element.js";
import { icon, lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import { isSignedOut, wordsFor } from "../admin/words.js";
import type { Looking } from "./live.js";
import { exactly, when } from "./when.js";

/** Reports `tell` with words for everybody, and `signed-out`. */
export abstract class Section extends OffhookElement {
  @property({ attribute: false }) permissions: readonly string[] = [];

  /** What is under way, by a name of its own; a second press of the same does nothing. */
  @state() protected busy = "";
  @state() protected trouble = "";

  /** Do something that takes a while, and say how it went; what it gave, or undefined. */
  protected async act<Value>(
    name: string,
    work: () => Promise<Value>,
    done?: (value: Value) => string,
  ): Promise<Value | undefined> {
    if (this.busy) {
      return undefined;
    }
    this.busy = name;
    this.trouble = "";
    try {
      const value = await work();
      if (done) {
        this.report("tell", done(value));
      }
      return value;
    } catch (error) {
      this.refused(error);
      this.trouble = wordsFor(error);
      return undefined;
    } finally {
      this.busy = "";
    }
  }

  /** What every failed call comes past. */
  protected readonly refused = (error: unknown) => {
    if (isSignedOut(error)) {
      this.report("signed-out");
    }
  };

  protected may(permission: string): boolean {
    return this.permissions.includes(permission);
  }

  // --- drawing

  /** What went wrong with the last thing that was pressed. */
  protected notice(): TemplateResult | typeof nothing {
    return this.trouble
      ? html`<p class="notice" data-tone="end" role="alert">
          ${icon("alert")}<span class="grow">${this.trouble}</span>
          <button class="btn btn-s btn-icon btn-quiet" type="button" aria-label=${say("control.close")}
            @click=${() => {
              this.trouble = "";
            }}>${icon("x", "i-s")}</button>
        </p>`
      : nothing;
  }

  /** That what is shown is not fresh any more. */
  protected stale(live: Looking): TemplateResult | typeof nothing {
    return live.problem && live.at && !isSignedOut(live.problem)
      ? html`<p class="notice" data-tone="wait" role="status">
          ${icon("clock")}
          <span class="grow">${say("admin.stale", { time: when(live.at.toISOString()) })}</span>
        </p>`
      : nothing;
  }

  /** A list before anything is known of it: loading, or why not. */
  protected unknown(live: Looking): TemplateResult {
    return live.problem && !isSignedOut(live.problem)
      ? html`<div class="state">
          ${lineGlyph("lost", "state-mark")}
          <h2 class="h3">${say("admin.failed")}</h2>
          <p>${wordsFor(live.problem)}</p>
          <button class="btn" type="button" @click=${() => live.restart()}>${say("control.retry")}</button>
        </div>`
      : html`<div class="waiting" role="status" aria-busy="true">
          <span class="vh">${say("admin.loading")}</span>
          <div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div>
        </div>`;
  }

  /** A list with nothing in it: what will be here, and how it comes to be. */
  protected empty(title: string, words: string, more: unknown = nothing): TemplateResult {
    return html`<div class="state">
      ${lineGlyph("flat", "state-mark")}
      <h2 class="h3">${title}</h2>
      <p>${words}</p>
      ${more}
    </div>`;
  }

  /** A time that tells itself in full when it is pointed at. */
  protected time(iso: string): TemplateResult {
    return html`<time datetime=${iso} title=${exactly(iso)}>${when(iso)}</time>`;
  }

  /** The button below a list that has more. */
  protected older(next: string | null, show: () => void): TemplateResult | typeof nothing {
    return next
      ? html`<div class="pg">
          <button class="btn btn-s" type="button" aria-busy=${this.busy === "older"} @click=${show}>
            ${say("admin.older")}
          </button>
        </div>`
      : nothing;
  }

  /** What a button shows while it is at work. */
  protected spin(name: string): TemplateResult | typeof nothing {
    return this.busy === name ? icon("spin", "i-s") : nothing;
  }
}
