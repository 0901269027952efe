// The socket of the namespace /room.
import { io } from "socket.io-client";
import type { Commands, Events } from "../protocol.js";
import { Refused, Unreachable } from "./errors.js";
import { CONNECT_TIMEOUT, type OwnEvents, SocketConnection, type Wire } from "./socket.js";

export type { ConnectionState, Wire } from "./socket.js";
export type ConnectionEvents = OwnEvents & Events;

const SERVER_EVENTS = [
  "fact",
  "offer",
  "speakers_changed",
  "connection_quality",
  "streams_paused",
  "permissions_changed",
  "bans_changed",
  "ending_soon",
  "refresh_token",
  "reconnect",
  "leave",
] as const satisfies readonly (keyof Events)[];

/** Opens nothing yet: a socket.io socket whose attempts the `Connection` times itself. */
export function roomSocket(server: string, token: () => string): Wire {
  return io(`${server}/room`, {
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    timeout: CONNECT_TIMEOUT,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    auth: (give) => give({ token: token() }),
  });
}

/** A connection to a room's server that comes back by itself until it is closed. */
export class Connection extends SocketConnection<Commands, Events> {
  constructor(wire: Wire) {
    super(wire, SERVER_EVENTS);
  }

  /** Whether the server answers within `timeout` ms; when not, the socket is made anew. */
  async check(timeout: number): Promise<boolean> {
    try {
      await this.command("subscription", { tracks: [] }, timeout);
      return true;
    } catch (error) {
      if (error instanceof Unreachable) {
        this.drop();
      }
      return error instanceof Refused;
    }
  }
}
