// What a moderator asks of the server; who does not moderate is refused.
import type { BanView, ModeratePermissions } from "../protocol.js";
import type { Connection } from "./connection.js";

/** What somebody may do from now on; what is missing stays. */
export type Permissions = Omit<ModeratePermissions, "participant">;

/** The commands of a moderator; people are named by their participant's id. */
export class Moderation {
  constructor(private readonly connection: Connection) {}

  /** Mute somebody's microphone, or one of their tracks; they may unmute themselves. */
  async mute(participant: string, track: string | null = null): Promise<void> {
    await this.connection.command("moderate_mute", { participant, track });
  }

  /** Mute the microphones of all others. */
  async muteAll(): Promise<void> {
    await this.connection.command("moderate_mute_all", {});
  }

  /** Let somebody do more, or less. */
  async permit(participant: string, permissions: Permissions): Promise<void> {
    await this.connection.command("moderate_permissions", { participant, ...permissions });
  }

  /** Send somebody away. */
  async remove(participant: string): Promise<void> {
    await this.connection.command("moderate_remove", { participant });
  }

  /** Send somebody away and let them in no more. */
  async ban(participant: string, permanent = false): Promise<void> {
    await this.connection.command("moderate_ban", { participant, permanent });
  }

  /** Let a banned person in again. */
  async unban(identity: string): Promise<void> {
    await this.connection.command("moderate_unban", { identity });
  }

  /** Who is banned. */
  async bans(): Promise<readonly BanView[]> {
    return (await this.connection.command("moderate_bans", {})).bans;
  }

  /** Let nobody new in, or let them in again. */
  async lock(locked: boolean): Promise<void> {
    await this.connection.command("moderate_lock", { locked });
  }

  /** End the meeting for everybody, oneself too. */
  async end(): Promise<void> {
    await this.connection.command("moderate_end", {});
  }
}
