// What the elements of a call on the desk draw, made from the desk, the rooms and the devices.
import { canChooseSpeaker } from "../../client/audio.js";
import type { Capture, CaptureKind, Devices } from "../../client/devices.js";
import type { Room } from "../../client/room.js";
import { canShareScreen } from "../../client/screen.js";
import type { DeskBarModel } from "../../components/desk-bar/desk-bar.js";
import type {
  DeskCallModel,
  DeskNotice,
  NoticeAction,
} from "../../components/desk-call/desk-call.js";
import type { DevicesModel } from "../../components/devices/devices.js";
import type { Order } from "../../components/stage/order.js";
import type { TileModel } from "../../components/tile/tile.js";
import type { WrapUpModel } from "../../components/wrap-up/wrap-up.js";
import type { ContactView, PartyOf } from "../../desk-protocol.js";
import { say } from "../../words.js";
import { linesOf, type Mine, stageOf } from "../room/view.js";
import { callbackNotices } from "./calling-back.js";
import type { Calls } from "./calls.js";
import type { DeskController } from "./controller.js";
import { filledReplies } from "./replies.js";
import { identityOf, isAway, isWaiting, nameOf, standing, talks } from "./view.js";
import { transferFailed } from "./words.js";

/** What the page itself keeps. */
export interface Ui {
  readonly chatOpen: boolean;
  readonly chatFailure: string;
  readonly unread: number;
  readonly shortcuts: boolean;
  readonly soundBlocked: boolean;
}

/** The call in front. */
export function callModel(
  controller: DeskController,
  { devices, contact, ui, order }: { devices: Devices; contact: ContactView; ui: Ui; order: Order },
): DeskCallModel {
  const { calls, clock, entered } = controller;
  const room = calls.room(contact.session);
  const name = nameOf(contact.customer);
  const doing = standing(contact);
  return {
    session: contact.session,
    name,
    small: [contact.queue, contact.customer.site].filter(Boolean).join(" · "),
    ...doing,
    since: contact.answered_at ? clock.local(contact.answered_at) : null,
    held: isWaiting(contact) && !talks(contact) ? say("desk.held", { name }) : "",
    ...stage(contact, calls, devices, order),
    notices: notices(controller, contact, devices, ui),
    bar: barModel(controller, devices, contact, ui),
    chatOpen: ui.chatOpen,
    lines: room?.state ? linesOf(room.state, contact.call?.identity) : [],
    files: room?.files ?? null,
    chatFailure: ui.chatFailure,
    replies: filledReplies(entered?.replies ?? [], contact, entered?.name ?? "", Date.now()),
  };
}

function barModel(
  controller: DeskController,
  devices: Devices,
  contact: ContactView,
  ui: Ui,
): DeskBarModel {
  const { calls } = controller;
  const { session, transfer } = contact;
  const speaks = talks(contact);
  const rings = contact.state === "callback";
  const asking = transfer?.state === "ringing" || transfer?.state === "consulting";
  const share = say(calls.screen(session) ? "control.share.stop" : "control.share.start");
  const canShare =
    canShareScreen() && (calls.room(session)?.may("screen_share") ?? false) && speaks;
  return {
    muted: calls.muted,
    camera: devices.camera.track !== null,
    sharing: calls.screen(session) !== null,
    microphoneBusy: devices.microphone.asking,
    cameraBusy: devices.camera.asking,
    canShare,
    leads: contact.mine === "agent",
    held: isWaiting(contact),
    holdBusy: controller.busy("hold", session),
    canHold: !asking && !rings,
    canTransfer: !rings && (!transfer || transfer.state === "failed"),
    chatOpen: ui.chatOpen,
    unread: ui.unread,
    shortcuts: ui.shortcuts,
    menu: [
      ...(canShare ? [{ id: "share", icon: "screen" as const, words: share }] : []),
      { id: "chat", icon: "chat", words: say("control.chat") },
      { id: "settings", icon: "sliders", words: say("settings.title") },
      { id: "shortcuts", icon: "keypad", words: say("shortcut.title") },
    ],
  };
}

function stage(
  contact: ContactView,
  calls: Calls,
  devices: Devices,
  order: Order,
): Pick<DeskCallModel, "people" | "me" | "screen"> {
  const room = calls.room(contact.session);
  const others = contact.parties.filter(({ identity }) => identity !== contact.call?.identity);
  if (!room?.state) {
    return {
      people: others.map((party) => known(waitingTile(party), contact)),
      me: null,
      screen: null,
    };
  }
  const speaks = talks(contact);
  const mine: Mine = {
    sid: room.me,
    muted: calls.muted,
    camera: speaks ? devices.camera.track : null,
    screen: calls.screen(contact.session)?.video ?? null,
  };
  const { people, screen } = stageOf(room.state, room.subscriber.tracks, mine, order);
  const here = people.filter((tile) => !tile.mine).map((tile) => known(tile, contact));
  const missing = others.filter(
    ({ identity }) => !people.some((tile) => tile.identity === identity),
  );
  const me = people.find((tile) => tile.mine) ?? null;
  return {
    people: [...here, ...missing.map((party) => known(waitingTile(party), contact))],
    me: me?.video ? me : null,
    screen,
  };
}

/** The customer has the same colour in the picture as beside it, is not heard on hold, and is not
 * lost while it rings. */
function known(tile: TileModel, contact: ContactView): TileModel {
  const { parties, customer, session } = contact;
  const role = parties.find(({ identity }) => identity === tile.identity)?.role;
  if (role !== "visitor") {
    return tile;
  }
  return {
    ...tile,
    identity: identityOf(customer, session),
    speaking: tile.speaking && !isWaiting(contact),
    note: contact.state === "callback" ? null : tile.note,
  };
}

/** Somebody who is not in the room yet, or not any more. */
function waitingTile({ identity, name, there }: PartyOf): TileModel {
  return {
    key: identity,
    kind: "person",
    label: name,
    caption: name,
    name,
    identity,
    mine: false,
    sid: null,
    video: null,
    muted: false,
    speaking: false,
    note: there ? null : "reconnecting",
  };
}

function notices(
  controller: DeskController,
  contact: ContactView,
  devices: Devices,
  ui: Ui,
): DeskNotice[] {
  const { calls } = controller;
  const room = calls.room(contact.session);
  const found: (DeskNotice | false)[] = [
    ...callbackNotices(contact),
    transferNotice(contact),
    troubled(contact, calls) && {
      id: "rejoin",
      tone: "end",
      icon: "alert",
      words: say("desk.call.lost"),
      actions: [{ id: "rejoin", words: say("control.retry"), main: true }],
    },
    cutOff(room) && {
      id: "cut-off",
      tone: "wait",
      icon: "signal-low",
      words: say("desk.call.reconnecting"),
      actions: [],
    },
    isAway(contact) && {
      id: "away",
      tone: "wait",
      icon: "signal-low",
      words: say("desk.away", { name: nameOf(contact.customer) }),
      actions: [],
    },
    ui.soundBlocked && {
      id: "sound",
      tone: "info",
      icon: "volume",
      words: say("device.sound"),
      actions: [{ id: "sound", words: say("device.sound.tap"), main: true }],
    },
    trouble("microphone", devices.microphone),
    trouble("camera", devices.camera),
  ];
  return found.filter((notice): notice is DeskNotice => notice !== false);
}

function troubled(contact: ContactView, calls: Calls): boolean {
  return contact.call !== null && calls.trouble(contact.session) !== null;
}

function cutOff(room: Room | null): boolean {
  const media = room?.media === "lost" || room?.media === "failing";
  return room?.phase === "reconnecting" || (room?.phase === "inside" && media);
}

/** How it stands with a colleague who is asked, and what can be done next. */
export function transferNotice(contact: ContactView): DeskNotice | false {
  const { transfer, customer, mine } = contact;
  const name = nameOf(customer);
  if (mine === "consulted") {
    const asks = contact.parties.find(({ role }) => role === "agent")?.name ?? "";
    const words = isWaiting(contact) ? "desk.consulted" : "desk.consulted.all";
    return notice("transfer", "info", say(words, { asks, name }), []);
  }
  if (!transfer) {
    return false;
  }
  const cancel = { id: "consult:cancel", words: say("control.cancel") };
  const complete = { id: "consult:complete", words: say("desk.consult.complete"), main: true };
  const colleague = transfer.name;
  switch (transfer.state) {
    case "ringing":
      return notice("transfer", "wait", say("desk.consult.ringing", { colleague, name }), [cancel]);
    case "consulting":
      return notice("transfer", "info", say("desk.consult.talking", { colleague, name }), [
        complete,
        { id: "consult:conference", words: say("desk.consult.conference") },
        cancel,
      ]);
    case "conference":
      return notice("transfer", "live", say("desk.consult.all", { colleague, name }), [complete]);
    case "failed":
      return notice("transfer", "end", failed(contact), [
        ...(contact.held ? [{ id: "resume", words: say("desk.resume"), main: true }] : []),
        { id: "transfer", words: say("desk.transfer.again") },
      ]);
  }
}

function failed({ transfer, customer, held }: ContactView): string {
  const why = transferFailed(transfer?.name ?? "", transfer?.failed ?? null);
  const still = held ? "desk.transfer.still.held" : "desk.transfer.still";
  return `${why} ${say(still, { name: nameOf(customer) })}`;
}

function notice(
  id: string,
  tone: DeskNotice["tone"],
  words: string,
  actions: readonly NoticeAction[],
): DeskNotice {
  return { id, tone, icon: tone === "end" ? "alert" : "transfer", words, actions };
}

function trouble(kind: CaptureKind, capture: Capture): DeskNotice | false {
  if (!capture.trouble || !capture.wanted) {
    return false;
  }
  const again = { id: `devices:${kind}`, words: say("control.retry") };
  return {
    id: `devices:${kind}`,
    tone: "end",
    icon: kind === "microphone" ? "mic-off" : "cam-off",
    words: say(`trouble.${capture.trouble}.${kind}`),
    actions: capture.trouble === "insecure" ? [] : [again],
  };
}

/** The wrap-up in front. */
export function wrapUpModel(
  controller: DeskController,
  contact: ContactView,
  shortcuts: boolean,
): WrapUpModel {
  const { entered, desk, clock, drafts, problem } = controller;
  const draft = drafts.of(contact.session);
  const agent = desk?.agent;
  return {
    session: contact.session,
    name: nameOf(contact.customer),
    small: contact.queue,
    until: clock.local(contact.wrap_up_until ?? ""),
    dispositions: contact.dispositions,
    disposition: draft.disposition ?? contact.disposition,
    notes: draft.notes ?? contact.notes,
    activities: (entered?.activities ?? []).map(({ id, name }) => ({ value: id, words: name })),
    next: agent?.next_activity ?? agent?.activity ?? "",
    problem: problem ? say("desk.problem.disposition_required") : "",
    busy: controller.busy("finish", contact.session),
    shortcuts,
  };
}

/** The devices, with their names and choices. */
export function devicesModel(devices: Devices): DevicesModel {
  const lists = {
    microphone: devices.list("microphone"),
    camera: devices.list("camera"),
    speaker: devices.list("speaker"),
  };
  const chosen = {
    microphone: devices.chosen("microphone"),
    camera: devices.chosen("camera"),
    speaker: devices.chosen("speaker"),
  };
  return {
    lists,
    chosen,
    canChooseSpeaker: canChooseSpeaker(),
    canCapture: true,
    processing: devices.processing,
  };
}
