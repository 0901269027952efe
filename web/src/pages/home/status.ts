// What the server says of itself.
import type { ServerStatus } from "../../protocol.js";

/** Read `GET /status.json`; null when the server does not answer. */
export async function serverStatus(ask: typeof fetch = fetch): Promise<ServerStatus | null> {
  try {
    const answer = await ask("/status.json", { headers: { accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as ServerStatus) : null;
  } catch {
    return null;
  }
}

/** The name of a room as it stands in an address: what else was written becomes a dash. */
export function roomName(written: string): string {
  return written
    .trim()
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}_.~]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 128);
}
