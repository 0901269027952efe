// Who is in the room: names, whether they can be heard, and how good their connection is; and for
// moderators, what may be done about it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import type { MenuItem } from "../menu/menu.js";
import "../menu/menu.js";
import { avatar } from "../people.js";
import styles from "./people-panel.css?inline";

/** What somebody may send. */
export interface Allowed {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
}

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
  readonly allowed: Allowed;
}

/** Somebody who may not come in. */
export interface BannedRow {
  readonly identity: string;
  readonly name: string;
}

/** What a moderator chose: what to do, and to whom (`key` of a row, or a banned identity). */
export interface ModerateDetail {
  readonly action: string;
  readonly key: string;
}

@customElement("oh-people-panel")
export class PeoplePanel extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) people: readonly PersonRow[] = [];
  @property({ attribute: false }) banned: readonly BannedRow[] = [];
  /** Whether the person at this page moderates the room. */
  @property({ type: Boolean }) moderates = false;

  override render(): TemplateResult {
    return html`<div class="spread phead">
        <h2>${say("control.people")} <span class="num faint">${this.people.length}</span></h2>
        <button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${say("control.close")}
          @click=${() => this.report("close")}>${icon("x")}</button>
      </div>
      <div class="scroll" tabindex="0" role="group" aria-label=${say("control.people")}>
        <ul class="rows">
          ${repeat(
            this.people,
            (person) => person.key,
            (person) => this.#row(person),
          )}
        </ul>
        ${this.moderates && this.banned.length > 0 ? this.#banned() : nothing}
      </div>
      <div class="foot">
        ${
          this.moderates && this.people.length > 1
            ? html`<button class="btn btn-block" type="button" @click=${() => this.report("mute-all")}>
                ${icon("mic-off")}${say("moderate.mute_all")}
              </button>`
            : nothing
        }
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
      ${person.quality ? this.#quality(person.quality) : nothing} ${this.#microphone(person)}
      ${icon(person.camera ? "cam" : "cam-off", person.camera ? "" : "off")}
      <span class="vh">${say(person.camera ? "people.camera_on" : "people.camera_off")}</span>
      ${this.moderates ? this.#menu(person) : nothing}
    </li>`;
  }

  /** The state of a microphone; a moderator mutes with it. */
  #microphone(person: PersonRow): TemplateResult {
    if (this.moderates && !person.mine && !person.muted) {
      return html`<button class="btn btn-icon btn-s btn-quiet" type="button"
        aria-label=${say("moderate.mute", { name: person.name })}
        title=${say("moderate.mute", { name: person.name })}
        @click=${() => this.#moderate("mute", person.key)}>${icon("mic")}</button>`;
    }
    return html`<span class=${this.moderates ? "cell" : "as-is"}
        >${icon(person.muted ? "mic-off" : "mic", person.muted ? "off" : "")}</span
      ><span class="vh"
        >${say(person.muted ? "tile.muted" : "people.can_speak")}${
          person.allowed.microphone ? "" : `, ${say("people.may_not_speak")}`
        }</span
      >`;
  }

  #menu(person: PersonRow): TemplateResult {
    if (person.mine) {
      return html`<span class="cell"></span>`;
    }
    return html`<oh-menu look="icon" .name=${say("moderate.menu", { name: person.name })}
      .items=${actions(person)}
      @choose=${(event: CustomEvent<string>) => {
        event.stopPropagation();
        this.#moderate(event.detail, person.key);
      }}></oh-menu>`;
  }

  #banned(): TemplateResult {
    return html`<h3 class="label apart">${say("moderate.banned")}</h3>
      <ul class="rows">
        ${this.banned.map(
          ({ identity, name }) => html`<li class="row">
            <span class="grow cut"><bdi>${name}</bdi></span>
            <button class="btn btn-s" type="button" aria-label=${say("moderate.unban", { name })}
              @click=${() => this.#moderate("unban", identity)}>${say("moderate.unban.do")}</button>
          </li>`,
        )}
      </ul>`;
  }

  #quality(quality: NonNullable<PersonRow["quality"]>): TemplateResult | typeof nothing {
    const good = quality === "excellent" || quality === "good";
    return html`<span class="quality" data-quality=${quality} title=${say(`quality.${quality}`)}
      >${icon(good ? "signal" : "signal-low")}<span class="vh">${say(`quality.${quality}`)}</span></span
    >`;
  }

  #moderate(action: string, key: string): void {
    this.report<ModerateDetail>("moderate", { action, key });
  }
}

/** What a moderator may do about somebody. */
function actions({ name, muted, moderator, allowed }: PersonRow): MenuItem[] {
  const permit = (kind: keyof Allowed) =>
    say(`moderate.${kind}.${allowed[kind] ? "forbid" : "allow"}`);
  return [
    ...(muted
      ? []
      : [{ id: "mute", icon: "mic-off", words: say("moderate.mute", { name }) } as const]),
    { id: "microphone", icon: "mic", words: permit("microphone") },
    { id: "camera", icon: "cam", words: permit("camera") },
    { id: "screen", icon: "screen", words: permit("screen"), ends: true },
    {
      id: "host",
      icon: "shield",
      words: say(moderator ? "moderate.demote" : "moderate.promote", { name }),
      ends: true,
    },
    { id: "remove", icon: "x", words: say("moderate.remove", { name }), danger: true },
    { id: "ban", icon: "lock", words: say("moderate.ban", { name }), danger: true },
  ];
}
