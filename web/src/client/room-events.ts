// What a room tells those who draw it.
import type { BanView, EndingSoon, Fact, Grants, Left } from "../protocol.js";
import type { MediaHealth } from "./recovery.js";
import type { RoomState, TrackSource } from "./state.js";
import type { RemoteTrack } from "./subscriber.js";

export type Phase = "outside" | "joining" | "inside" | "reconnecting" | "left";

export interface RoomEvents {
  /** The state of the room is another one. */
  state: RoomState;
  /** Where we stand changed. */
  phase: Phase;
  /** Something happened; once each, after the state that holds it. */
  fact: Fact;
  /** The tracks that are received changed. */
  tracks: ReadonlyMap<string, RemoteTrack>;
  /** Whether the media connections carry media. */
  media: MediaHealth;
  /** Somebody else muted one of our tracks: a moderator, or a program when `by` is null. */
  muted: { readonly source: TrackSource; readonly by: string | null };
  /** We may do more, or less; what we may send no longer is not sent any more. */
  permitted: { readonly before: Grants; readonly after: Grants };
  /** Who may not come in changed; told to moderators. */
  bans: readonly BanView[];
  /** The meeting must end soon. */
  ending: EndingSoon;
  /** We are out, and why. */
  left: Left;
  /** A fresh token for the next time. */
  token: string;
}
