// What the buttons and the keys of a call do, whichever element they are on.
import type { AudioOutput } from "../../client/audio.js";
import type { Devices } from "../../client/devices.js";
import type { DeskAction } from "../../components/desk-bar/desk-bar.js";
import type { ContactView } from "../../desk-protocol.js";
import type { DeskController } from "./controller.js";
import type { DeskShortcut } from "./shortcuts.js";

/** What is open above the desk. */
export type Dialog = "settings" | "shortcuts" | "transfer" | "explain";

/** What a press needs of the page. */
export interface ActingDoors {
  readonly controller: DeskController;
  readonly devices: Devices;
  readonly output: AudioOutput;
  open(dialog: Dialog): void;
  toggleChat(): void;
  accept(reservation: string): void;
  finish(contact: ContactView): void;
  copyLink(contact: ContactView): void;
  /** Something that was begun by a press did not work. */
  failed(error: unknown): void;
}

/** Turns a press into what the controller is asked for. */
export class Acting {
  constructor(private readonly doors: ActingDoors) {}

  /** A button of the bar. */
  act(action: DeskAction, contact: ContactView): void {
    const { controller, open, toggleChat } = this.doors;
    const { session } = contact;
    const acts: Record<DeskAction, () => unknown> = {
      microphone: () => controller.calls.toggleMicrophone(),
      camera: () => controller.calls.toggleCamera(),
      hold: () => controller.hold(session, !contact.held),
      share: () => controller.calls.toggleShare(session).catch(this.doors.failed),
      transfer: () => open("transfer"),
      chat: () => toggleChat(),
      "hang-up": () => controller.hangUp(session),
    };
    acts[action]();
  }

  /** An entry of a menu, or the button of a notice. */
  choose(id: string, contact: ContactView): void {
    const { controller, devices, output, open, toggleChat, copyLink } = this.doors;
    const { session } = contact;
    const acts: Record<string, () => unknown> = {
      share: () => this.act("share", contact),
      chat: () => toggleChat(),
      settings: () => open("settings"),
      shortcuts: () => open("shortcuts"),
      transfer: () => open("transfer"),
      resume: () => controller.hold(session, false),
      rejoin: () => controller.calls.rejoin(session),
      sound: () => output.unlock(),
      "callback:copy": () => copyLink(contact),
      "callback:mail": () => controller.mailLink(session),
      "consult:cancel": () => controller.consulted(session, "cancel"),
      "consult:complete": () => controller.consulted(session, "complete"),
      "consult:conference": () => controller.consulted(session, "conference"),
      "devices:microphone": () => devices.start("microphone"),
      "devices:camera": () => devices.start("camera"),
    };
    acts[id]?.();
  }

  /** A key; false when there was nothing to do. */
  follow(shortcut: DeskShortcut): boolean {
    const { controller, open } = this.doors;
    const { front } = controller;
    switch (shortcut) {
      case "help":
        open("shortcuts");
        return true;
      case "accept":
      case "reject":
        return this.#answer(shortcut);
      default:
        return front !== null && this.#inFront(shortcut, front);
    }
  }

  #answer(shortcut: "accept" | "reject"): boolean {
    const { controller, accept } = this.doors;
    const offer = controller.offers[0];
    if (offer && shortcut === "accept") {
      accept(offer.reservation);
    } else if (offer) {
      void controller.reject(offer.reservation);
    }
    return offer !== undefined;
  }

  #inFront(shortcut: DeskShortcut, front: ContactView): boolean {
    if (front.mine !== "wrapping") {
      return this.#inCall(shortcut, front);
    }
    if (shortcut === "finish") {
      this.doors.finish(front);
    }
    return shortcut === "finish";
  }

  #inCall(shortcut: DeskShortcut, front: ContactView): boolean {
    const leads = front.mine === "agent";
    switch (shortcut) {
      case "hold":
      case "transfer":
        if (leads) {
          this.act(shortcut, front);
        }
        return leads;
      case "hang-up":
      case "microphone":
      case "camera":
      case "chat":
        this.act(shortcut, front);
        return true;
      default:
        return false;
    }
  }
}
