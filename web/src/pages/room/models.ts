// What the elements of /r/<room> draw, made from the controller and the page's own state.
import { canChooseSpeaker } from "../../client/audio.js";
import type { Capture, CaptureKind } from "../../client/devices.js";
import { canShareScreen } from "../../client/screen.js";
import type { RoomState } from "../../client/state.js";
import type { CallModel, Notice, Panel } from "../../components/call/call.js";
import type { CallBarModel } from "../../components/call-bar/call-bar.js";
import type { DevicesModel } from "../../components/devices/devices.js";
import type { MenuItem } from "../../components/menu/menu.js";
import type { PreviewDevice, PreviewModel } from "../../components/preview/preview.js";
import type { Order } from "../../components/stage/order.js";
import { say } from "../../words.js";
import { looks } from "../looks.js";
import type { RoomController } from "./controller.js";
import { wordsFor } from "./failures.js";
import { linesOf, type Mine, rowsOf, stageOf } from "./view.js";

/** Minutes. */
const SOON = 5;

/** What the page itself keeps. */
export interface Ui {
  readonly panel: Panel;
  readonly unread: number;
  readonly chatFailure: string;
  readonly shortcuts: boolean;
  readonly banned: CallModel["banned"];
}

/** The devices, with their names and choices. */
export function devicesModel({ devices, admission }: RoomController): DevicesModel {
  return {
    lists: {
      microphone: devices.list("microphone"),
      camera: devices.list("camera"),
      speaker: devices.list("speaker"),
    },
    chosen: {
      microphone: devices.chosen("microphone"),
      camera: devices.chosen("camera"),
      speaker: devices.chosen("speaker"),
    },
    canChooseSpeaker: canChooseSpeaker(),
    canCapture: admission?.grants.can_publish ?? true,
    processing: devices.processing,
  };
}

/** What is shown before joining. */
export function previewModel(controller: RoomController): PreviewModel | null {
  const { admission, stage } = controller;
  if (!admission || stage.kind !== "preview") {
    return null;
  }
  return {
    title: admission.title || admission.room,
    present: admission.present,
    name: controller.name,
    nameFixed: admission.name !== null,
    microphone: device(controller.devices.microphone, !controller.capturing.muted),
    camera: device(controller.devices.camera, controller.devices.camera.track !== null),
    devices: devicesModel(controller),
    maySpeak: admission.grants.can_publish,
    joining: stage.joining,
    failure: stage.failure ? wordsFor(stage.failure) : null,
  };
}

/** What is shown during the call. */
export function callModel(controller: RoomController, ui: Ui, order: Order): CallModel | null {
  const { room, admission } = controller;
  const state = room?.state;
  if (!room || !state || !admission) {
    return null;
  }
  const mine: Mine = {
    sid: room.me,
    muted: controller.capturing.muted,
    camera: controller.devices.camera.track,
    screen: controller.screen?.video ?? null,
  };
  const rows = rowsOf(state, mine);
  return {
    title: state.room.title || state.room.name,
    since: controller.joinedAt ?? 0,
    line: lineOf(controller),
    weak: state.qualities.get(room.me)?.quality === "poor",
    ...stageOf(state, room.subscriber.tracks, mine, order),
    bar: barModel(controller, ui),
    menu: callMenu(state, room.grants?.room_admin ?? false),
    moderates: room.grants?.room_admin ?? false,
    locked: state.room.locked,
    banned: ui.banned,
    panel: ui.panel,
    rows,
    lines: linesOf(state, admission.identity),
    files: room.files,
    mayChat: room.grants?.can_publish_data ?? false,
    chatFailure: ui.chatFailure,
    notices: notices(controller, state, rows.length === 1),
    alone: rows.length === 1,
  };
}

function callMenu({ room }: RoomState, moderates: boolean): MenuItem[] {
  const lock = say(room.locked ? "moderate.unlock" : "moderate.lock");
  const moderator: MenuItem[] = [
    { id: "lock", icon: "lock", words: lock },
    { id: "mute-all", icon: "mic-off", words: say("moderate.mute_all") },
    { id: "end", icon: "hangup", words: say("moderate.end"), danger: true, ends: true },
  ];
  return [
    ...(moderates ? moderator : []),
    { id: "settings", icon: "sliders", words: say("settings.title") },
    { id: "people", icon: "people", words: say("control.people") },
    { id: "connection", icon: "signal", words: say("connection.title") },
    { id: "copy-link", icon: "link", words: say("control.copy") },
    { id: "shortcuts", icon: "keypad", words: say("shortcut.title"), ends: true },
    ...looks(),
  ];
}

function barModel(controller: RoomController, ui: Ui): CallBarModel {
  const { room, devices } = controller;
  return {
    muted: controller.capturing.muted,
    camera: controller.devices.camera.track !== null,
    sharing: controller.screen !== null,
    microphoneBusy: devices.microphone.asking,
    cameraBusy: devices.camera.asking,
    canSpeak: room?.may("microphone") ?? false,
    canShow: room?.may("camera") ?? false,
    canShare: canShareScreen() && (room?.may("screen_share") ?? false),
    canChat: room?.grants?.can_publish_data ?? false,
    chatOpen: ui.panel === "chat",
    unread: ui.unread,
    shortcuts: ui.shortcuts,
  };
}

function lineOf({ room }: RoomController): CallModel["line"] {
  if (room?.phase === "reconnecting" || room?.media === "lost" || room?.media === "failing") {
    return "lost";
  }
  return room?.media === "connecting" ? "open" : "live";
}

function notices(controller: RoomController, state: RoomState, alone: boolean): Notice[] {
  const { room, output, devices } = controller;
  const found: (Notice | false)[] = [
    room?.phase === "reconnecting" && {
      id: "retry",
      tone: "wait",
      words: say("room.reconnecting"),
      action: say("control.retry"),
    },
    room?.phase === "inside" &&
      room.media === "lost" && { id: "media", tone: "wait", words: say("room.media_lost") },
    room?.media === "failing" && { id: "media", tone: "end", words: say("leave.media_failure") },
    output.blocked && {
      id: "sound",
      tone: "info",
      words: say("device.sound"),
      action: say("device.sound.tap"),
    },
    ending(state),
    state.paused.size > 0 && { id: "weak", tone: "wait", words: say("room.weak") },
    trouble("microphone", devices.microphone),
    trouble("camera", devices.camera),
    alone && {
      id: "copy-link",
      tone: "info",
      words: say("join.alone"),
      action: say("control.copy"),
    },
  ];
  return found.filter((notice): notice is Notice => notice !== false);
}

/** A meeting that must end within five minutes says so until it does. */
function ending({ room }: RoomState): Notice | false {
  const left = room.ends_at ? (Date.parse(room.ends_at) - Date.now()) / 60_000 : Infinity;
  return left <= SOON && { id: "ending", tone: "info", words: endsIn(left * 60) };
}

/** In how many minutes the meeting ends. */
export function endsIn(seconds: number): string {
  const count = Math.round(seconds / 60);
  return count > 0 ? say("room.ending", { count }) : say("room.ending.now");
}

function trouble(kind: CaptureKind, capture: Capture): Notice | false {
  if (!capture.trouble || !capture.wanted) {
    return false;
  }
  return {
    id: `devices:${kind}`,
    tone: "end",
    words: say(`trouble.${capture.trouble}.${kind}`),
    ...(capture.trouble === "insecure" ? {} : { action: say("control.retry") }),
  };
}

function device({ track, asking, trouble: standsInTheWay }: Capture, on: boolean): PreviewDevice {
  return { track, on, asking, trouble: standsInTheWay };
}
