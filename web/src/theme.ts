// Light and dark: the system's choice, or the reader's own.
import { memory } from "./memory.js";

export type Theme = "system" | "light" | "dark";

const CHOICE = "offhook.theme";

/** The theme that was chosen. */
export function theme(): Theme {
  const chosen = memory("localStorage").getItem(CHOICE);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** Use a theme from now on, here and the next time. */
export function chooseTheme(chosen: Theme): void {
  memory("localStorage").setItem(CHOICE, chosen);
  applyTheme();
}

/** Show the document in the chosen theme. */
export function applyTheme(): void {
  const chosen = theme();
  if (chosen === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
}
