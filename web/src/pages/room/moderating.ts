// What a moderator does on the page: what is asked first, what is sent, and who is banned.
import type { Room } from "../../client/room.js";
import type { RoomState, TrackSource } from "../../client/state.js";
import type { Question } from "../../components/confirm/confirm.js";
import type { BannedRow, ModerateDetail } from "../../components/people-panel/people-panel.js";
import type { BanView, ParticipantView } from "../../protocol.js";
import { say } from "../../words.js";

/** What moderating has to know of the page, and what it tells it. */
export interface ModeratingDoors {
  room(): Room | null;
  changed(): void;
  done(words: string): void;
  failed(error: unknown): void;
}

/** What is not done before the person has said that they are sure. */
interface Pending extends Question {
  act(room: Room): Promise<void>;
}

const SOURCES: Readonly<Record<string, readonly TrackSource[]>> = {
  microphone: ["microphone"],
  camera: ["camera"],
  screen: ["screen_share", "screen_share_audio"],
};

/** The moderator's part of a room's page. */
export class Moderating {
  #pending: Pending | null = null;
  #bans: readonly BanView[] = [];

  constructor(private readonly doors: ModeratingDoors) {}

  /** What is being asked now. */
  get pending(): Question | null {
    return this.#pending;
  }

  /** Who is banned, for the panel. */
  get banned(): readonly BannedRow[] {
    return this.#bans.map(({ identity, name }) => ({ identity, name: name || identity }));
  }

  /** Whether we moderate the room. */
  get moderates(): boolean {
    return this.doors.room()?.grants?.room_admin ?? false;
  }

  /** A call begins. */
  begins(): void {
    this.#pending = null;
    this.#bans = [];
  }

  /** The bans are these now. */
  learn(bans: readonly BanView[]): void {
    this.#bans = bans;
    this.doors.changed();
  }

  /** Ask who is banned; nothing when we do not moderate. */
  async look(): Promise<void> {
    const room = this.doors.room();
    if (room && this.moderates) {
      await this.#try(async () => this.learn(await room.moderation.bans()));
    }
  }

  /** Something about one person. */
  async person({ action, key }: ModerateDetail): Promise<void> {
    const room = this.doors.room();
    if (!room) {
      return;
    }
    if (action === "unban") {
      await this.#unban(room, key);
      return;
    }
    const person = room.state?.participants.get(key);
    if (!person) {
      this.doors.done(say("people.gone"));
    } else if (action === "remove" || action === "ban") {
      this.#ask(sure(action, person));
    } else {
      await this.#try(() => change(room, action, person));
    }
  }

  /** Something about the whole room. */
  async everybody(action: "lock" | "mute-all" | "end"): Promise<void> {
    const room = this.doors.room();
    if (!room) {
      return;
    }
    if (action === "end") {
      this.#ask(sureToEnd());
    } else if (action === "lock") {
      await this.#try(() => room.moderation.lock(!isLocked(room.state)));
    } else if (await this.#try(() => room.moderation.muteAll())) {
      this.doors.done(say("moderate.done.mute_all"));
    }
  }

  /** The person is sure. */
  async confirm(): Promise<void> {
    const [pending, room] = [this.#pending, this.doors.room()];
    this.cancel();
    if (pending && room) {
      await this.#try(() => pending.act(room));
    }
  }

  /** The person thought better of it. */
  cancel(): void {
    this.#pending = null;
    this.doors.changed();
  }

  #ask(pending: Pending): void {
    this.#pending = pending;
    this.doors.changed();
  }

  async #unban(room: Room, identity: string): Promise<void> {
    const name = this.banned.find((row) => row.identity === identity)?.name ?? identity;
    if (await this.#try(() => room.moderation.unban(identity))) {
      this.doors.done(say("moderate.done.unban", { name }));
    }
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.doors.failed(error);
      return false;
    }
  }
}

function change(room: Room, action: string, person: ParticipantView): Promise<void> {
  const { moderation } = room;
  if (action === "mute") {
    return moderation.mute(person.sid);
  }
  if (action === "host") {
    return moderation.permit(person.sid, { moderator: !person.moderator });
  }
  return moderation.permit(person.sid, {
    can_publish_sources: toggled(person.can_publish_sources, SOURCES[action] ?? []),
  });
}

/** The sources without these, or with them when the first of them is missing. */
export function toggled(
  sources: readonly TrackSource[],
  these: readonly TrackSource[],
): TrackSource[] {
  const had = these[0] !== undefined && sources.includes(these[0]);
  const others = sources.filter((source) => !these.includes(source));
  return had ? others : [...others, ...these];
}

function sure(action: "remove" | "ban", { sid, name }: ParticipantView): Pending {
  return {
    title: say(`moderate.${action}`, { name }),
    words: say(`moderate.${action}.sure`, { name }),
    action: say(`moderate.${action}.do`),
    danger: true,
    act: ({ moderation }) => (action === "ban" ? moderation.ban(sid) : moderation.remove(sid)),
  };
}

function sureToEnd(): Pending {
  return {
    title: say("moderate.end.title"),
    words: say("moderate.end.sure"),
    action: say("moderate.end"),
    danger: true,
    act: async ({ moderation }) => moderation.end(),
  };
}

function isLocked(state: RoomState | null): boolean {
  return state?.room.locked ?? false;
}
