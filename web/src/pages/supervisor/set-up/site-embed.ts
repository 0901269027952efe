// What a site is put on pages with: its lines of code, its public key, its identity secret.
import { html, nothing, type TemplateResult } from "lit";
import "../../../components/snippet/snippet.js";
import { say } from "../../../words.js";
import { oldSecret } from "./columns.js";
import { group } from "./controls.js";
import type { Item } from "./objects.js";

/** The lines that put the button on a page. */
export function snippetOf(key: string, origin: string): string {
  return `<script src="${origin}/widget.js" data-site="${key}" async></script>`;
}

/** `rotate` makes another secret; null for those who may not. */
export function embed(site: Item, rotate: (() => void) | null): TemplateResult {
  const code = snippetOf(String(site.key), location.origin);
  return group(
    "embed",
    say("setup.embed"),
    say("setup.embed.what"),
    html`<oh-snippet .what=${say("setup.snippet")} .code=${code}></oh-snippet>
      <dl class="facts">
        <dt class="small muted">${say("setup.site.key")}</dt>
        <dd class="mono" dir="ltr">${site.key}</dd>
        <dt class="small muted">${say("setup.identity_secret")}</dt>
        <dd>
          <span class="mono" dir="ltr">visitor_••••</span> <span class="small muted">${oldSecret(site)}</span>
          ${rotate ? html`<button class="btn btn-s" type="button" @click=${rotate}>${say("admin.rotate")}</button>` : nothing}
        </dd>
      </dl>`,
  );
}
