// Lists inside a form: what is in them is added, taken away, and moved up and down.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../../icons.js";
import { say } from "../../../words.js";
import { described, problemAt } from "./controls.js";
import { type Editing, listAt } from "./editing.js";

/** How a list is drawn. `legend`: what an item is called, by its place from 0; `ordered`: the order
 * means something; `least`: so many stay. */
export interface Rows {
  readonly label: string;
  readonly add: string;
  readonly none?: string;
  readonly most: number;
  readonly least?: number;
  readonly ordered?: boolean;
  readonly blank: () => unknown;
  readonly legend: (n: number) => string;
  readonly body: (path: string, n: number) => TemplateResult;
}

export function rows(edit: Editing, path: string, spec: Rows): TemplateResult {
  const items = listAt(edit, path);
  return html`<div class="field" role="group" aria-label=${spec.label} id=${path} data-path=${path} tabindex="-1"
    aria-describedby=${described(edit, path, { label: "" })}>
    ${items.length === 0 && spec.none ? html`<p class="small muted none">${spec.none}</p>` : nothing}
    ${items.map((_, n) => row(edit, path, spec, n, items.length))}
    ${problemAt(edit.trouble(path), path)}
    <div>
      <button class="btn btn-s" type="button" id="${path}-add" ?disabled=${items.length >= spec.most}
        @click=${() => added(edit, path, spec)}>${icon("plus", "i-s")}${spec.add}</button>
    </div>
  </div>`;
}

function row(edit: Editing, path: string, spec: Rows, n: number, count: number): TemplateResult {
  const legend = spec.legend(n);
  const place = `${path}[${n}]`;
  return html`<div class="item" role="group" aria-label=${legend} id=${place} tabindex="-1">
    <div class="spread item-head">
      <p class="label">${legend}</p>
      <div class="cluster tools">
        ${spec.ordered ? mover(edit, path, n, n - 1, count, legend) : nothing}
        ${spec.ordered ? mover(edit, path, n, n + 1, count, legend) : nothing}
        <button class="btn btn-icon btn-s btn-quiet" type="button" ?disabled=${count <= (spec.least ?? 0)}
          aria-label=${say("setup.remove", { what: legend })} title=${say("setup.remove", { what: legend })}
          @click=${() => removed(edit, path, n)}>${icon("x", "i-s")}</button>
      </div>
    </div>
    ${problemAt(edit.trouble(place), place)} ${spec.body(place, n)}
  </div>`;
}

function mover(
  edit: Editing,
  path: string,
  n: number,
  to: number,
  count: number,
  legend: string,
): TemplateResult {
  const up = to < n;
  const name = say(up ? "setup.move_up" : "setup.move_down", { what: legend });
  return html`<button class="btn btn-icon btn-s btn-quiet" type="button" id="${path}[${n}]-${up ? "up" : "down"}"
    ?disabled=${to < 0 || to >= count} aria-label=${name} title=${name}
    @click=${() => moved(edit, path, n, to)}>${icon(up ? "up" : "down", "i-s")}</button>`;
}

function added(edit: Editing, path: string, spec: Rows): void {
  const items = listAt(edit, path);
  edit.set(path, [...items, spec.blank()]);
  edit.focusLater(`${path}[${items.length}]`);
}

function removed(edit: Editing, path: string, n: number): void {
  edit.set(path, listAt(edit, path).toSpliced(n, 1));
  edit.focusLater(`${path}-add`);
}

function moved(edit: Editing, path: string, from: number, to: number): void {
  const items = listAt(edit, path);
  edit.set(path, items.toSpliced(from, 1).toSpliced(to, 0, items[from]));
  edit.focusLater(`${path}[${to}]`);
}
