// The rooms that are not finished, with how many are in them.
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { sheets } from "../../components/element.js";
import { icon, lineGlyph } from "../../icons.js";
import type { Room } from "../../rest.js";
import { say, words } from "../../words.js";
import { Live } from "../office/live.js";
import shared from "../office/office.css?inline";
import { pages } from "../office/paging.js";
import { fragmentOf } from "./route.js";
import { Section } from "./section.js";

@customElement("oh-admin-rooms")
export class RoomsSection extends Section {
  static override styles = sheets(shared);

  #shown = 1;
  readonly #live = new Live(
    this,
    () => pages((after) => this.api.rooms(after), this.#shown),
    this.refused,
  );

  override render(): TemplateResult {
    return html`<div class="spread hd"><h1 tabindex="-1">${say("admin.rooms")}</h1></div>
      ${this.notice()} ${this.stale(this.#live)}
      <section class="card" aria-label=${say("admin.rooms")}>${this.#list()}</section>`;
  }

  #list(): TemplateResult {
    const found = this.#live.value;
    if (!found) {
      return this.unknown(this.#live);
    }
    if (found.items.length === 0) {
      return this.empty(say("admin.rooms.none"), say("admin.rooms.none.what"));
    }
    return html`<div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${say("admin.room")}</th>
              <th scope="col">${say("admin.state")}</th>
              <th scope="col" class="end">${say("control.people")}</th>
              <th scope="col" class="c2">${say("admin.access")}</th>
              <th scope="col" class="end c3">${say("admin.since")}</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              found.items,
              (room) => room.sid,
              (room) => this.#row(room),
            )}
          </tbody>
        </table>
      </div>
      ${this.older(found.next, () => {
        this.#shown += 1;
        void this.#live.refresh();
      })}`;
  }

  #row(room: Room): TemplateResult {
    return html`<tr class="press">
      <td class="wide">
        <a class="go" href=${fragmentOf("rooms", room.name)}><bdi>${room.name}</bdi></a>
        ${room.title && room.title !== room.name ? html`<bdi class="sub">${room.title}</bdi>` : nothing}
        <span class="sub only-s">${accessOf(room)}</span>
      </td>
      <td>${stateOf(room)}</td>
      <td class="end num">${peopleOf(room)}</td>
      <td class="c2">${accessOf(room)}</td>
      <td class="end num c3">${this.time(room.started_at ?? room.created_at)}</td>
    </tr>`;
  }
}

/** Whether a meeting is on, as a line, and whether more may come. */
export function stateOf(room: Room): TemplateResult {
  const open = room.state === "open";
  return html`<span class="line" data-line=${open ? "live" : "flat"}
      >${lineGlyph(open ? "live" : "flat")}${say(open ? "admin.room.open" : "admin.room.idle")}</span
    >
    ${
      room.locked
        ? html`<span class="badge" data-tone="wait">${icon("lock")}${say("admin.room.locked")}</span>`
        : nothing
    }`;
}

/** How many are there of how many places. */
export function peopleOf(room: Room): string {
  const number = new Intl.NumberFormat(words().language);
  return `${number.format(room.participants)} / ${number.format(room.max_participants)}`;
}

/** Who may open it. */
export function accessOf(room: Room): string {
  return say(room.access === "link" ? "admin.access.link" : "admin.access.token");
}
