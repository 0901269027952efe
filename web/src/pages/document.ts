// What every page does first: theme, words, title, and where its live regions are.
import { applyTheme } from "../theme.js";
import { loadWords, onWordsChanged, say } from "../words.js";

/** Prepare the document; `title` is asked again whenever the words change. */
export async function prepare(title: () => string): Promise<() => void> {
  applyTheme();
  await loadWords();
  const name = () => {
    document.title = title();
    part("skip").textContent = say("skip");
  };
  onWordsChanged(name);
  name();
  return name;
}

/** A part of the document that its HTML has. */
export function part(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`the page has no #${id}`);
  }
  return found;
}
