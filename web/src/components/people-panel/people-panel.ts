// Who is in the room: names, whether they can be heard, and how good their connection is.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import { avatar } from "../people.js";
import styles from "./people-panel.css?inline";

/** One person of the list. */
export interface PersonRow {
  readonly key: string;
  readonly name: string;
  readonly identity: string;
  readonly mine: boolean;
  readonly moderator: boolean;
  readonly muted: boolean;
  readonly camera: boolean;
  readonly sharing: boolean;
  readonly quality: "excellent" | "good" | "poor" | "lost" | null;
}

@customElement("oh-people-panel")
export class PeoplePanel extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) people: readonly PersonRow[] = [];

  override render(): TemplateResult {
    return html`<div class="spread phead">
        <h2>${say("control.people")} <span class="num faint">${this.people.length}</span></h2>
        <button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${say("control.close")}
          @click=${() => this.report("close")}>${icon("x")}</button>
      </div>
      <ul class="rows scroll" tabindex="0" aria-label=${say("control.people")}>
        ${repeat(
          this.people,
          (person) => person.key,
          (person) => this.#row(person),
        )}
      </ul>
      <div class="foot">
        <button class="btn btn-block" type="button" @click=${() => this.report("copy-link")}>
          ${icon("link")}${say("control.copy")}
        </button>
      </div>`;
  }

  #row(person: PersonRow): TemplateResult {
    const roles = [
      ...(person.mine ? [say("you")] : []),
      ...(person.moderator ? [say("people.moderator")] : []),
      ...(person.sharing ? [say("people.sharing")] : []),
    ];
    return html`<li class="row">
      ${avatar(person.name, person.identity)}
      <span class="grow who"
        ><bdi class="cut">${person.name}</bdi>
        ${roles.length > 0 ? html`<span class="tiny faint">${roles.join(" · ")}</span>` : nothing}</span
      >
      ${person.quality ? this.#quality(person.quality) : nothing}
      ${icon(person.muted ? "mic-off" : "mic", person.muted ? "off" : "")}
      <span class="vh">${say(person.muted ? "tile.muted" : "people.can_speak")}</span>
      ${icon(person.camera ? "cam" : "cam-off", person.camera ? "" : "off")}
      <span class="vh">${say(person.camera ? "people.camera_on" : "people.camera_off")}</span>
    </li>`;
  }

  #quality(quality: NonNullable<PersonRow["quality"]>): TemplateResult | typeof nothing {
    const good = quality === "excellent" || quality === "good";
    return html`<span class="quality" data-quality=${quality} title=${say(`quality.${quality}`)}
      >${icon(good ? "signal" : "signal-low")}<span class="vh">${say(`quality.${quality}`)}</span></span
    >`;
  }
}
