// The keys of the desk. Those with Alt work in a text field too; single letters do not.
import { shortcutOf as roomShortcut } from "../room/shortcuts.js";

export type DeskShortcut =
  | "accept"
  | "reject"
  | "hold"
  | "transfer"
  | "hang-up"
  | "finish"
  | "microphone"
  | "camera"
  | "chat"
  | "help";

const WITH_ALT: Readonly<Record<string, DeskShortcut>> = {
  KeyA: "accept",
  KeyR: "reject",
  KeyH: "hold",
  KeyT: "transfer",
  KeyE: "hang-up",
  KeyF: "finish",
};
const SINGLE = ["microphone", "camera", "chat", "help"] as const;
const ASIDE = "dialog[open], [role='menu']";

/** The shortcut that a key means where it was pressed; null: none. */
export function shortcutOf(event: KeyboardEvent): DeskShortcut | null {
  if (!event.altKey) {
    const found = roomShortcut(event);
    return SINGLE.find((name) => name === found) ?? null;
  }
  // With AltGr, which says Ctrl and Alt, letters are written, and so they are with Alt and Shift.
  const written = event.ctrlKey || event.metaKey || event.shiftKey;
  if (written || event.repeat || event.defaultPrevented) {
    return null;
  }
  const path = event.composedPath().filter((part) => part instanceof Element);
  return path.some((part) => part.matches(ASIDE)) ? null : (WITH_ALT[event.code] ?? null);
}
