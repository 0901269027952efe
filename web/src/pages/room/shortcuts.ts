// The keys of a call: single letters, never inside a field, all switched off together.
import type { Memory } from "../../memory.js";

export type Shortcut = "microphone" | "camera" | "share" | "chat" | "people" | "help";

const KEYS: Readonly<Record<string, Shortcut>> = {
  m: "microphone",
  v: "camera",
  s: "share",
  c: "chat",
  p: "people",
  "?": "help",
};
const OFF = "offhook.shortcuts";
const FIELDS = "input, textarea, select, [contenteditable]";
const ASIDE = "dialog[open], [role='menu']";

/** Whether the keys are on. */
export function shortcutsOn(memory: Memory): boolean {
  return memory.getItem(OFF) !== "off";
}

/** Switch the keys on or off. */
export function setShortcuts(memory: Memory, on: boolean): void {
  memory.setItem(OFF, on ? "on" : "off");
}

/** The shortcut that a key means where it was pressed; null: none. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) {
    return null;
  }
  const path = event.composedPath().filter((part) => part instanceof Element);
  if (path[0]?.matches(FIELDS) || path.some((part) => part.matches(ASIDE))) {
    return null;
  }
  return KEYS[event.key.toLowerCase()] ?? null;
}
