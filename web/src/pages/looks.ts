// Language and theme, chosen from a menu on any page.
import type { MenuItem } from "../components/menu/menu.js";
import { chooseTheme, type Theme, theme } from "../theme.js";
import { chooseLanguage, languages, nameOfLanguage, say, words } from "../words.js";

/** Language and theme, as they are chosen on every page. */
export function looks(): MenuItem[] {
  const themes = ["system", "light", "dark"] as const;
  return [
    ...languages.map((language) => ({
      id: `language:${language}`,
      words: nameOfLanguage(language),
      checked: language === words().language,
      ends: language === languages.at(-1),
    })),
    ...themes.map((name) => ({
      id: `theme:${name}`,
      words: say(`theme.${name}`),
      checked: name === theme(),
    })),
  ];
}

/** Take a choice of the menu: `language:<code>` or `theme:<name>`. */
export async function chooseLook(id: string): Promise<void> {
  const [what, which = ""] = id.split(":");
  if (what === "language") {
    await chooseLanguage(which);
  } else if (what === "theme") {
    chooseTheme(which as Theme);
  }
}
