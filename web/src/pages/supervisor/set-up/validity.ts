// What the browser finds wrong with the controls of a form, in our words.
import { say } from "../../../words.js";
import { within } from "./paths.js";
import type { Trouble } from "./troubles.js";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The controls of a form that have a path, in their order. */
export function controlsOf(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-path]")];
}

/** What is wrong before the server was asked. */
export function wrongIn(root: ParentNode): Trouble[] {
  return controlsOf(root).flatMap((element) => {
    const words = "validity" in element ? wordsFor(element as Control) : "";
    const field = element.dataset.path ?? "";
    return words ? [{ field, words, position: null, detail: "" }] : [];
  });
}

function wordsFor(control: Control): string {
  const { validity } = control;
  if (!control.willValidate || validity.valid) {
    return "";
  }
  if (control instanceof HTMLInputElement && control.type === "number" && control.max) {
    return say("setup.problem.range", { min: Number(control.min), max: Number(control.max) });
  }
  return validity.patternMismatch ? control.title : say("setup.problem.missing");
}

/** What a field is called on the page: by its card, and by its label where it is one control. */
export function labelOf(root: ParentNode, field: string): string {
  const inside = controlsOf(root).filter(({ dataset }) => within(dataset.path ?? "", field));
  const [first] = inside;
  const part = first?.closest(".part")?.querySelector("h2")?.textContent?.trim() ?? field;
  const label = first && "labels" in first ? (first as Control).labels?.[0]?.textContent : null;
  return inside.length === 1 && label ? `${part} – ${label.trim()}` : part;
}

/** Give the focus to a control, unfolding what hides it, and mark the character that is wrong. */
export function point(root: ParentNode, id: string, position: number | null = null): void {
  const found = (root as ShadowRoot).getElementById(id);
  const details = found?.closest("details");
  if (details) {
    details.open = true;
  }
  found?.focus();
  if (position && found instanceof HTMLTextAreaElement) {
    found.setSelectionRange(position - 1, position);
  }
}
