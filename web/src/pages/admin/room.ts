// One room: who is in it, what they send, and what a moderator does about it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../../components/confirm/confirm.js";
import type { Question } from "../../components/confirm/confirm.js";
import { sheets } from "../../components/element.js";
import { avatar } from "../../components/people.js";
import { type IconName, icon, lineGlyph } from "../../icons.js";
import type { Participant, Room, TrackView } from "../../rest.js";
import { type Key, say } from "../../words.js";
import { Live } from "../office/live.js";
import shared from "../office/office.css?inline";
import styles from "./room.css?inline";
import { accessOf, peopleOf, stateOf } from "./rooms.js";
import { fragmentOf } from "./route.js";
import { Section } from "./section.js";
import { isGone } from "./words.js";

interface Known {
  readonly room: Room;
  readonly people: readonly Participant[];
}

interface Asked {
  readonly question: Question;
  readonly go: () => Promise<unknown>;
}

interface Source {
  readonly icon: IconName;
  readonly off: IconName;
  readonly words: Key;
  /** What is pressed to end it, in short and with whose it is; and what is said then. */
  readonly end: Key;
  readonly whose: Key;
  readonly done: Key;
  readonly ended: Key;
}

const SOUND = { end: "admin.mute", done: "admin.muted", ended: "tile.muted" } as const;
const PICTURE = { end: "admin.stop", done: "admin.stopped", ended: "admin.off" } as const;
const SOURCES: Readonly<Record<TrackView["source"], Source>> = {
  microphone: {
    icon: "mic",
    off: "mic-off",
    words: "device.microphone",
    whose: "admin.mute.microphone",
    ...SOUND,
  },
  camera: {
    icon: "cam",
    off: "cam-off",
    words: "device.camera",
    whose: "admin.mute.camera",
    ...PICTURE,
  },
  screen_share: {
    icon: "screen",
    off: "screen-off",
    words: "admin.screen",
    whose: "admin.mute.screen",
    ...PICTURE,
  },
  screen_share_audio: {
    icon: "volume",
    off: "volume",
    words: "admin.screen.sound",
    whose: "admin.mute.screen_sound",
    ...SOUND,
  },
};

@customElement("oh-admin-room")
export class RoomSection extends Section {
  static override styles = sheets(shared, styles);

  @property() name = "";
  @state() private asked: Asked | null = null;

  readonly #live = new Live<Known>(this, () => this.#load(), this.refused);

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("name") && changed.get("name") !== undefined && this.isConnected) {
      this.#live.restart();
    }
  }

  override render(): TemplateResult {
    const known = this.#live.value;
    return html`<nav class="small crumbs" aria-label=${say("admin.crumbs")}>
        <a href=${fragmentOf("rooms")}>${say("admin.rooms")}</a> <span aria-hidden="true">/</span> <bdi>${this.name}</bdi>
      </nav>
      <div class="spread hd">
        <div class="stack">
          <h1 tabindex="-1"><bdi>${known?.room.title || this.name}</bdi></h1>
          <p class="id" dir="ltr">${known?.room.sid ?? "\u00a0"}</p>
        </div>
        ${known ? this.#actions(known.room) : nothing}
      </div>
      ${this.notice()} ${isGone(this.#live.problem) ? this.#over() : this.#content(known)}
      <oh-confirm .question=${this.asked?.question ?? null} ?open=${this.asked !== null}
        @confirm=${() => void this.asked?.go()} @close=${() => {
          this.asked = null;
        }}></oh-confirm>`;
  }

  #content(known: Known | undefined): TemplateResult {
    return html`${this.stale(this.#live)} ${known ? this.#figures(known.room) : nothing}
      <section class="card" aria-label=${say("control.people")}>
        <div class="spread fh"><h2>${say("control.people")}</h2>
          ${
            known && this.#unmuted(known) > 1
              ? html`<button class="btn btn-s" type="button" aria-busy=${this.busy === "mute-all"}
                  @click=${this.#muteAll}>${this.spin("mute-all")}${say("admin.mute.all")}</button>`
              : nothing
          }
        </div>
        ${known ? this.#people(known.people) : this.unknown(this.#live)}
      </section>`;
  }

  #over(): TemplateResult {
    return html`<section class="card">
      <div class="state">
        ${lineGlyph("ended", "state-mark")}
        <h2 class="h3">${say("admin.room.gone")}</h2>
        <p>${say("admin.room.gone.what")}</p>
        <a class="btn" href=${fragmentOf("rooms")}>${say("admin.rooms.all")}</a>
      </div>
    </section>`;
  }

  #actions(room: Room): TemplateResult {
    const lock = room.locked ? "admin.unlock" : "admin.lock";
    return html`<div class="cluster">
      <a class="btn" href="/r/${encodeURIComponent(room.name)}" target="_blank" rel="noopener"
        >${icon("ext", "i-s")}${say("admin.room.enter")}</a
      >
      ${
        this.may("rooms.admin")
          ? html`<button class="btn lock" type="button" aria-busy=${this.busy === "lock"}
                @click=${() => this.#lock(!room.locked)}>${this.spin("lock")}${say(lock)}</button>
              <button class="btn btn-danger" type="button" aria-busy=${this.busy === "end"}
                ?disabled=${room.state !== "open"} @click=${this.#end}>${this.spin("end")}${say("admin.end")}</button>`
          : nothing
      }
      ${
        this.may("rooms.write")
          ? html`<button class="btn btn-danger" type="button" aria-busy=${this.busy === "delete"}
              @click=${this.#delete}>${this.spin("delete")}${say("admin.delete")}</button>`
          : nothing
      }
    </div>`;
  }

  #figures(room: Room): TemplateResult {
    return html`<dl class="meta card">
      <div><dt>${say("admin.state")}</dt><dd>${stateOf(room)}</dd></div>
      <div><dt>${say("control.people")}</dt><dd class="num">${peopleOf(room)}</dd></div>
      <div><dt>${say("admin.access")}</dt><dd>${accessOf(room)}</dd></div>
      <div>
        <dt>${say(room.started_at ? "admin.started" : "admin.created")}</dt>
        <dd class="num">${this.time(room.started_at ?? room.created_at)}</dd>
      </div>
    </dl>`;
  }

  #people(people: readonly Participant[]): TemplateResult {
    if (people.length === 0) {
      return this.empty(say("admin.people.none"), say("admin.people.none.what"));
    }
    return html`<div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${say("admin.person")}</th>
            <th scope="col" class="c2">${say("admin.state")}</th>
            <th scope="col">${say("admin.sends")}</th>
            <th scope="col" class="end c3">${say("admin.came")}</th>
            <th scope="col"><span class="vh">${say("admin.actions")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            people,
            (person) => person.sid,
            (person) => this.#person(person),
          )}
        </tbody>
      </table>
    </div>`;
  }

  #person(person: Participant): TemplateResult {
    const called = person.name || person.identity;
    return html`<tr>
      <td class="wide">
        <span class="who">
          ${avatar(called, person.identity, "av-s")}
          <span class="stack">
            <bdi class="name">${called}</bdi>
            <span class="id">${person.identity}</span>
            ${person.grants.room_admin ? html`<span class="sub">${say("people.moderator")}</span>` : nothing}
            <span class="only-s">${this.#line(person)}</span>
          </span>
        </span>
      </td>
      <td class="c2">${this.#line(person)}</td>
      <td>${this.#tracks(person, called)}</td>
      <td class="end num c3">${this.time(person.joined_at)}</td>
      <td class="end acts">
        ${
          this.may("participants.moderate")
            ? html`<button class="btn btn-s btn-danger" type="button"
                aria-busy=${this.busy === `remove ${person.identity}`}
                aria-label=${say("admin.remove.who", { name: called })}
                @click=${() => this.#remove(person, called)}>${say("admin.remove")}</button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  #line(person: Participant): TemplateResult {
    const key: Key =
      person.state !== "active" ? "line.connecting" : person.connected ? "line.live" : "line.lost";
    const line = person.state !== "active" ? "ringing" : person.connected ? "live" : "lost";
    return html`<span class="line" data-line=${line}>${lineGlyph(line)}${say(key)}</span>`;
  }

  #tracks(person: Participant, called: string): TemplateResult {
    if (person.tracks.length === 0) {
      return html`<span class="faint">${say("admin.sends.nothing")}</span>`;
    }
    return html`<ul class="tracks">
      ${repeat(
        person.tracks,
        (track) => track.sid,
        (track) => this.#track(person, called, track),
      )}
    </ul>`;
  }

  #track(person: Participant, called: string, track: TrackView): TemplateResult {
    const source = SOURCES[track.source];
    const muting = `mute ${track.sid}`;
    return html`<li>
      ${icon(track.muted ? source.off : source.icon, `i-s ${track.muted ? "off" : ""}`)}
      <span class="grow">${say(source.words)}</span>
      ${
        track.muted
          ? html`<span class="faint tiny">${say(source.ended)}</span>`
          : this.may("participants.moderate")
            ? html`<button class="btn btn-s" type="button" aria-busy=${this.busy === muting}
                aria-label=${say(source.whose, { name: called })}
                @click=${() => this.#mute(person, track)}>${this.spin(muting)}${say(source.end)}</button>`
            : nothing
      }
    </li>`;
  }

  // --- doing

  async #load(): Promise<Known> {
    const [room, people] = await Promise.all([
      this.api.room(this.name),
      this.api.participants(this.name),
    ]);
    return { room, people: people.items };
  }

  #unmuted({ people }: Known): number {
    const open = (track: TrackView) => track.source === "microphone" && !track.muted;
    return people.filter(({ tracks }) => tracks.some(open)).length;
  }

  async #mute(person: Participant, track: TrackView): Promise<void> {
    const work = () => this.api.mute(this.name, person.identity, track.sid);
    await this.act(`mute ${track.sid}`, work, () => say(SOURCES[track.source].done));
    await this.#live.refresh();
  }

  readonly #muteAll = async () => {
    await this.act(
      "mute-all",
      () => this.api.muteRoom(this.name),
      () => say("admin.muted.all"),
    );
    await this.#live.refresh();
  };

  async #lock(locked: boolean): Promise<void> {
    const work = () => this.api.changeRoom(this.name, { locked });
    await this.act("lock", work, () => say(locked ? "admin.locked" : "admin.unlocked"));
    await this.#live.refresh();
  }

  #remove(person: Participant, called: string): void {
    const work = () => this.api.remove(this.name, person.identity);
    this.asked = {
      question: {
        title: say("admin.remove.title", { name: called }),
        words: say("admin.remove.what"),
        action: say("admin.remove"),
        danger: true,
      },
      go: async () => {
        await this.act(`remove ${person.identity}`, work, () =>
          say("admin.removed", { name: called }),
        );
        await this.#live.refresh();
      },
    };
  }

  readonly #end = () => {
    this.asked = {
      question: {
        title: say("admin.end.title"),
        words: say("admin.end.what"),
        action: say("admin.end"),
        danger: true,
      },
      go: async () => {
        await this.act(
          "end",
          () => this.api.endRoom(this.name),
          () => say("admin.ended"),
        );
        await this.#live.refresh();
      },
    };
  };

  readonly #delete = () => {
    this.asked = {
      question: {
        title: say("admin.delete.room", { name: this.name }),
        words: say("admin.delete.room.what"),
        action: say("admin.delete"),
        danger: true,
      },
      go: async () => {
        const gone = await this.act(
          "delete",
          () => this.api.deleteRoom(this.name).then(() => true),
          () => say("admin.deleted"),
        );
        if (gone) {
          location.hash = fragmentOf("rooms");
        }
      },
    };
  };
}
