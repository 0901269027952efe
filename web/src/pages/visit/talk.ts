// What the call in the panel draws, made from the room and the devices.
import { canChooseSpeaker } from "../../client/audio.js";
import { canShareScreen } from "../../client/screen.js";
import { grade } from "../../client/stats.js";
import type { DevicesModel } from "../../components/devices/devices.js";
import type { Order } from "../../components/stage/order.js";
import type { TileModel } from "../../components/tile/tile.js";
import type { TalkModel, TalkNotice } from "../../components/visit/talking.js";
import type { ParticipantView } from "../../protocol.js";
import type { Visit } from "../../visit-protocol.js";
import { say } from "../../words.js";
import { linesOf, type Mine, stageOf } from "../room/view.js";
import type { VisitCall } from "./call.js";
import { nameOf } from "./wording.js";

/** What the page itself keeps of the call. */
export interface TalkUi {
  readonly since: number;
  readonly chatFailure: string;
  readonly failure: string;
}

/** The devices, with their names and choices. */
export function devicesOf({ devices }: VisitCall): DevicesModel {
  const kinds = ["microphone", "camera", "speaker"] as const;
  const each = <Value>(of: (kind: (typeof kinds)[number]) => Value) =>
    Object.fromEntries(kinds.map((kind) => [kind, of(kind)])) as Record<
      (typeof kinds)[number],
      Value
    >;
  return {
    lists: each((kind) => devices.list(kind)),
    chosen: each((kind) => devices.chosen(kind)),
    canChooseSpeaker: canChooseSpeaker(),
    canCapture: true,
    processing: devices.processing,
  };
}

/** The call as it is drawn. */
export function talkOf(visit: Visit, call: VisitCall, order: Order, ui: TalkUi): TalkModel {
  const { room, devices, capturing } = call;
  const state = room?.state ?? null;
  const lines = state && room ? linesOf(state, visit.call?.identity) : [];
  return {
    ...lineOf(visit, call),
    since: ui.since,
    quality: qualityOf(call),
    tiles: tilesOf(call, order),
    lines,
    files: room?.files ?? null,
    mayChat: room?.grants?.can_publish_data ?? true,
    chatFailure: ui.chatFailure,
    muted: capturing.muted,
    microphoneBusy: devices.microphone.asking,
    camera: devices.camera.track !== null,
    cameraBusy: devices.camera.asking,
    mayShow: room?.may("camera") ?? false,
    sharing: call.screen !== null,
    mayShare: canShareScreen() && (room?.may("screen_share") ?? false),
    speaking: Boolean(agentIn(visit, call) && speaks(visit, call)),
    notices: noticesOf(visit, call, ui),
    devices: devicesOf(call),
    volume: call.output.volume,
  };
}

function lineOf(visit: Visit, { room }: VisitCall): Pick<TalkModel, "line" | "word"> {
  if (visit.state === "connecting" || !room || room.phase === "joining") {
    return { line: "ringing", word: say("visit.connecting") };
  }
  if (room.phase === "reconnecting" || room.media === "lost" || room.media === "failing") {
    return { line: "lost", word: say("line.lost") };
  }
  return visit.held
    ? { line: "hold", word: say("visit.held.line") }
    : { line: "live", word: say("launcher.live") };
}

/** Only what is worse than good is worth a line. */
function qualityOf({ figures }: VisitCall): TalkModel["quality"] {
  const found = figures ? grade(figures) : "good";
  return found === "poor" || found === "lost"
    ? { icon: "signal-low", words: say(`quality.${found}`) }
    : null;
}

/** Pictures only: a shared screen, and whoever shows a camera; oneself last. */
function tilesOf({ room, capturing, devices, screen }: VisitCall, order: Order): TileModel[] {
  if (!room?.state) {
    return [];
  }
  const mine: Mine = {
    sid: room.me,
    muted: capturing.muted,
    camera: devices.camera.track,
    screen: screen?.video ?? null,
  };
  const stage = stageOf(room.state, room.subscriber.tracks, mine, order);
  const people = stage.people.filter(({ video }) => video !== null);
  return [...(stage.screen ? [stage.screen] : []), ...people];
}

function agentIn(visit: Visit, { room }: VisitCall): ParticipantView | undefined {
  const people = [...(room?.state?.participants.values() ?? [])];
  return people.find(({ identity }) => identity === visit.agent?.identity);
}

function speaks(visit: Visit, call: VisitCall): boolean {
  const agent = agentIn(visit, call);
  const speakers = call.room?.state?.speakers ?? [];
  return speakers.some(({ participant }) => participant === agent?.sid);
}

function noticesOf(visit: Visit, call: VisitCall, ui: TalkUi): TalkNotice[] {
  const { room, devices } = call;
  const name = nameOf(visit);
  const { trouble, wanted } = devices.microphone;
  const found: (TalkNotice | false | null)[] = [
    visit.held && { tone: "wait", words: say("visit.held", { name }) },
    room?.phase === "reconnecting" && { tone: "wait", words: say("visit.reconnecting.call") },
    room?.media === "failing" && { tone: "end", words: say("leave.media_failure") },
    agentIn(visit, call)?.state === "disconnected" && {
      tone: "wait",
      words: say("visit.agent.reconnecting", { name }),
    },
    trouble !== null &&
      wanted && {
        tone: "end",
        words: say(`visit.trouble.${trouble}`),
        act: { words: say("control.retry"), act: { do: "retry", kind: "microphone" } },
      },
    devices.camera.trouble !== null &&
      devices.camera.wanted && { tone: "end", words: say("visit.trouble.camera") },
    ui.failure !== "" && { tone: "end", words: ui.failure },
  ];
  return found.filter((notice): notice is TalkNotice => Boolean(notice));
}
