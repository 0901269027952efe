// The words of the launcher, taken out of the catalogue of every language when the pages are built.
import { readdirSync, readFileSync } from "node:fs";

const NAME = "virtual:launcher-words";
const FOLDER = decodeURIComponent(new URL("../offhook/core/words", import.meta.url).pathname);
const PREFIX = "launcher.";

/** The launcher's words by language; `direction` is how the language is written. */
export function launcherWords(): Record<string, Record<string, string>> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(
    files.map((file) => {
      const entries = Object.entries(
        JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf-8")) as Record<string, string>,
      );
      const own = entries.filter(([key]) => key.startsWith(PREFIX));
      const direction = entries.find(([key]) => key === "language.direction")?.[1] ?? "ltr";
      const words = own.map(([key, words]) => [key.slice(PREFIX.length), words]);
      return [file.replace(".json", ""), { direction, ...Object.fromEntries(words) }];
    }),
  );
}

/** Serves the words as a module. */
export function launcherWordsPlugin() {
  return {
    name: "launcher-words",
    resolveId: (id: string) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id: string) =>
      id === `\0${NAME}` ? `export default ${JSON.stringify(launcherWords())}` : undefined,
  };
}
