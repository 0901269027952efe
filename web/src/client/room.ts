// A place in a room: joins, keeps the state, sends and receives, and comes back when it is cut off.
import type { Fact, Grants, Joined, Left, Resumed } from "../protocol.js";
import type { Connection } from "./connection.js";
import { Emitter } from "./emitter.js";
import { failureOf, Refused, unlessUnreachable } from "./errors.js";
import { RoomFiles } from "./files.js";
import { Moderation } from "./moderation.js";
import { Publisher, type Wanted } from "./publisher.js";
import { type MediaHealth, Recovery } from "./recovery.js";
import type { Phase, RoomEvents } from "./room-events.js";
import {
  applyFact,
  fromSnapshot,
  leavesGap,
  type RoomState,
  type TrackSource,
  withPaused,
  withQualities,
} from "./state.js";
import { Subscriber } from "./subscriber.js";
import { type Shown, Wishes } from "./wishes.js";

export type { Phase, RoomEvents };

/** One participant's view of one room. */
export class Room extends Emitter<RoomEvents> {
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  /** The commands of a moderator. */
  readonly moderation: Moderation;
  /** The files of the chat. */
  readonly files: RoomFiles;
  #phase: Phase = "outside";
  #state: RoomState | null = null;
  #me = "";
  #grants: Grants | null = null;
  #resumeToken = "";
  #name: string | null = null;
  #iceServers: RTCIceServer[] = [];
  readonly #wishes = new Wishes(
    (tracks) => this.#phase === "inside" && this.connection.tell("subscription", { tracks }),
  );
  readonly #recovery: Recovery;

  constructor(
    private readonly connection: Connection,
    makeConnection: (configuration: RTCConfiguration) => RTCPeerConnection = (configuration) =>
      new RTCPeerConnection(configuration),
  ) {
    super();
    this.moderation = new Moderation(connection);
    this.files = new RoomFiles(connection);
    const make = () => makeConnection({ bundlePolicy: "max-bundle", iceServers: this.#iceServers });
    this.publisher = new Publisher({
      offer: (offer) => connection.command("offer", offer),
      mute: (mute) => connection.command("mute", mute),
      connection: make,
    });
    this.subscriber = new Subscriber({
      answer: (answer) => connection.command("answer", answer),
      connection: make,
    });
    this.#recovery = new Recovery(
      this.publisher,
      this.subscriber,
      connection,
      () => this.#expectsTracks(),
      (health) => this.emit("media", health),
    );
    this.#listen();
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** What is known of the room; null before joining. */
  get state(): RoomState | null {
    return this.#state;
  }

  /** Our own participant's id. */
  get me(): string {
    return this.#me;
  }

  get grants(): Grants | null {
    return this.#grants;
  }

  /** Whether media flow. */
  get media(): MediaHealth {
    return this.#recovery.health;
  }

  /** Open the socket before it is needed. */
  prepare(): void {
    this.connection.open();
  }

  /** Take the place and publish these tracks; the offer does not wait for the place. */
  async join(name: string | null, tracks: readonly Wanted[] = []): Promise<void> {
    this.#name = name;
    this.#enter("joining");
    let published: Promise<Error | null> | undefined;
    try {
      await this.connection.opened();
      const joined = this.connection.command("join", { name });
      published = tracks.length > 0 ? failureOf(this.#publish(tracks)) : undefined;
      this.#joined(await joined);
    } catch (error) {
      this.#enter("outside");
      throw error;
    }
    const failure = await published;
    if (failure) {
      throw failure;
    }
    await this.#useRelays();
  }

  /** Whether the token lets us publish this kind of track. */
  may(source: TrackSource): boolean {
    const grants = this.#grants;
    return Boolean(grants?.can_publish && grants.can_publish_sources.includes(source));
  }

  /** Publish more tracks. */
  async publish(...wanted: Wanted[]): Promise<void> {
    await this.#publish(wanted);
  }

  /** Send this track of a source from now on; null: send nothing for now, muted. */
  async send(source: TrackSource, track: MediaStreamTrack | null, muted: boolean): Promise<void> {
    if (this.publisher.has(source)) {
      await this.publisher.replace(source, track);
      await this.mute(source, muted);
    } else if (track && this.may(source)) {
      await this.#publish([{ source, track, muted }]);
    }
  }

  /** Stop publishing. */
  async unpublish(...sources: TrackSource[]): Promise<void> {
    await unlessUnreachable(this.publisher.unpublish(...sources));
  }

  /** Mute or unmute one's own track. */
  async mute(source: TrackSource, muted: boolean): Promise<void> {
    await unlessUnreachable(this.publisher.mute(source, muted));
  }

  /** Say something to everybody. */
  async say(text: string): Promise<void> {
    await this.connection.command("chat", { text });
  }

  /** Tell how a video is shown, so that no more is sent than can be seen. */
  show(track: string, shown: Shown): void {
    this.#wishes.note(track, shown);
  }

  /** Try to come back now instead of later. */
  retryNow(): void {
    this.connection.retryNow();
  }

  /** The network of this machine changed: do not wait until that is noticed. */
  networkChanged(): void {
    this.connection.retryNow();
    void this.#recovery.suspect();
  }

  /** Give up the place; resolves when the server knows, or soon after. */
  async leave(): Promise<void> {
    if (this.#phase === "inside" || this.#phase === "joining") {
      await this.connection.command("leave", {}, 1000).catch(() => undefined);
    }
    this.#end({ reason: "client_initiated", action: "disconnect" });
  }

  /** Give up the place without waiting, as a page that is being closed must. */
  vanish(): void {
    this.connection.tell("leave", {});
    this.connection.close();
  }

  /** Stop here without giving up the place: another page of the same person has it, or takes it. */
  letGo(): void {
    this.#end({ reason: "duplicate_identity", action: "disconnect" });
  }

  #listen(): void {
    const { connection } = this;
    connection.on("opened", () => void this.#resume());
    connection.on("lost", () => this.#lost());
    connection.on("refused", (refused) => this.#refused(refused));
    connection.on("fact", (fact) => this.#happened(fact));
    connection.on("offer", (offer) => void this.subscriber.take(offer));
    connection.on("speakers_changed", ({ speakers }) => this.#change((s) => ({ ...s, speakers })));
    connection.on("connection_quality", ({ qualities }) =>
      this.#change((state) => withQualities(state, qualities)),
    );
    connection.on("streams_paused", ({ tracks, paused }) =>
      this.#change((state) => withPaused(state, tracks, paused)),
    );
    connection.on("permissions_changed", ({ grants }) => this.#permitted(grants));
    connection.on("bans_changed", ({ bans }) => this.emit("bans", bans));
    connection.on("ending_soon", (ending) => this.emit("ending", ending));
    connection.on("refresh_token", ({ token }) => this.emit("token", token));
    connection.on("reconnect", () => void this.#recovery.rebuild());
    connection.on("leave", (left) => this.#told(left));
    this.subscriber.on("tracks", (tracks) => this.emit("tracks", tracks));
  }

  #joined(joined: Joined): void {
    this.#me = joined.participant;
    this.#grants = joined.grants;
    this.#resumeToken = joined.resume_token;
    this.#iceServers = joined.ice_servers.map(iceServer);
    this.files.allow(joined.files);
    this.#keep(fromSnapshot(joined.snapshot, this.#state));
    this.#enter("inside");
    this.#recovery.begin();
  }

  /** The first offer was made before the relays were known. */
  async #useRelays(): Promise<void> {
    const { connection } = this.publisher;
    if (connection && this.#iceServers.length > 0) {
      connection.setConfiguration({ bundlePolicy: "max-bundle", iceServers: this.#iceServers });
      await unlessUnreachable(this.publisher.restart());
    }
  }

  async #publish(wanted: readonly Wanted[]): Promise<void> {
    await unlessUnreachable(this.publisher.publish(...wanted));
  }

  #lost(): void {
    if (this.#phase === "inside") {
      this.#enter("reconnecting");
    } else if (this.#phase === "outside") {
      this.connection.rest();
    }
  }

  async #resume(): Promise<void> {
    if (this.#phase !== "reconnecting") {
      return;
    }
    if (!this.#resumeToken) {
      await this.#joinAgain();
      return;
    }
    try {
      const last_seq = this.#state?.seq ?? 0;
      const resume_token = this.#resumeToken;
      this.#resumed(await this.connection.command("resume", { resume_token, last_seq }));
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 404) {
        await this.#joinAgain();
      } else if (error instanceof Refused) {
        this.#refused(error);
      }
    }
  }

  #resumed(resumed: Resumed): void {
    this.#me = resumed.participant;
    this.#resumeToken = resumed.resume_token;
    this.#keep(fromSnapshot(resumed.snapshot, this.#state));
    this.#enter("inside");
    this.#permitted(resumed.grants);
    for (const fact of resumed.missed) {
      this.emit("fact", fact);
    }
    this.#wishes.repeat();
    if (resumed.media === "lost") {
      void this.#recovery.rebuild();
    } else {
      void this.#catchUp();
    }
  }

  async #joinAgain(): Promise<void> {
    try {
      const joined = await this.connection.command("join", { name: this.#name });
      this.subscriber.close();
      this.#joined(joined);
      this.#wishes.repeat();
      await unlessUnreachable(this.publisher.rebuild());
    } catch (error) {
      if (error instanceof Refused) {
        this.#refused(error);
      }
    }
  }

  async #catchUp(): Promise<void> {
    const mine = this.#state?.participants.get(this.#me)?.tracks ?? [];
    const muted = new Map(mine.map((track) => [track.sid, track.muted]));
    await unlessUnreachable(this.publisher.catchUp(muted));
    await this.#recovery.suspect();
  }

  #happened(fact: Fact): void {
    const state = this.#state;
    if (!state || fact.seq <= state.seq) {
      return;
    }
    if (leavesGap(state, fact)) {
      this.connection.restart();
      return;
    }
    this.#keep(applyFact(state, fact));
    this.emit("fact", fact);
    const { track, by } = fact.data as { track?: string; by?: string | null };
    const source = fact.type === "track_muted" && this.publisher.mutedByServer(`${track}`);
    if (source) {
      this.emit("muted", { source, by: by ?? null });
    }
  }

  /** The server has ended already what we may send no longer; the browser stops sending it. */
  #permitted(after: Grants): void {
    const before = this.#grants;
    this.#grants = after;
    if (!before || JSON.stringify(before) === JSON.stringify(after)) {
      return;
    }
    const ended = before.can_publish_sources.filter(
      (source) => !this.may(source) && this.publisher.has(source),
    );
    if (ended.length > 0) {
      void this.unpublish(...ended).catch(() => undefined);
    }
    this.emit("permitted", { before, after });
  }

  #expectsTracks(): boolean {
    const others = [...(this.#state?.participants.values() ?? [])];
    return (
      (this.#grants?.can_subscribe ?? false) &&
      others.some(({ sid, tracks }) => sid !== this.#me && tracks.length > 0)
    );
  }

  #change(change: (state: RoomState) => RoomState): void {
    if (this.#state) {
      this.#keep(change(this.#state));
    }
  }

  #keep(state: RoomState): void {
    this.#state = state;
    const people = [...state.participants.values()];
    this.#wishes.learn(new Set(people.flatMap(({ tracks }) => tracks.map(({ sid }) => sid))));
    this.emit("state", state);
  }

  #told(left: Left): void {
    if (left.action === "reconnect" && this.#phase !== "left") {
      this.#resumeToken = "";
      this.#enter("reconnecting");
      this.connection.restart();
    } else {
      this.#end(left);
    }
  }

  #refused(reason: Refused): void {
    if (reason.passes) {
      this.connection.drop();
    } else if (this.#phase !== "outside" && this.#phase !== "joining") {
      this.#end({ reason: "join_failure", action: "disconnect" });
    }
  }

  #end(left: Left): void {
    if (this.#phase === "left") {
      return;
    }
    this.#wishes.close();
    this.files.close();
    this.#recovery.close();
    this.publisher.close();
    this.subscriber.close();
    this.connection.close();
    this.#enter("left");
    this.emit("left", left);
  }

  #enter(phase: Phase): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.emit("phase", phase);
    }
  }
}

function iceServer(server: Joined["ice_servers"][number]): RTCIceServer {
  const { urls, username, credential } = server;
  return { urls, ...(username ? { username } : {}), ...(credential ? { credential } : {}) };
}
