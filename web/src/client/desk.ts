// The socket of the namespace /desk: an agent's desk, or a supervisor's live view.
import { io } from "socket.io-client";
import type { Commands, Events } from "../desk-protocol.js";
import { CONNECT_TIMEOUT, SocketConnection, type Wire } from "./socket.js";

const SERVER_EVENTS = [
  "desk",
  "live",
  "taken_over",
  "signed_out",
] as const satisfies readonly (keyof Events)[];

/** Opens nothing yet: a socket of the signed-in browser, known by its cookie. */
export function deskSocket(server: string): Wire {
  return io(`${server}/desk`, {
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    timeout: CONNECT_TIMEOUT,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    withCredentials: true,
  });
}

/** A connection to the desk that comes back by itself until it is closed. */
export class DeskConnection extends SocketConnection<Commands, Events> {
  constructor(wire: Wire) {
    super(wire, SERVER_EVENTS);
  }
}
