// What the server wrote into the page: whose panel this is and how it looks.
import type { Front } from "../../widget/messages.js";

const PLAIN: Front = { accent: "", ink: "", launcher: "", side: "end" };
const COLOUR = /^#[0-9a-f]{3,8}$/i;

/** The key of the site, out of the address. */
export function siteOf(path: string): string {
  return decodeURIComponent(path.split("/")[2] ?? "");
}

/** The secret that a copied link carries, or null. It is taken out of the address at once. */
export function linkedSecret(address: Location = location): string | null {
  const given = new URLSearchParams(address.hash.slice(1)).get("resume");
  const asked = new URLSearchParams(address.search).get("resume");
  if (given ?? asked) {
    history.replaceState(null, "", address.pathname);
  }
  return given ?? asked;
}

/** How the button looks, from the document's head. */
export function frontOf(page: Document = document): Front {
  const written = page.querySelector<HTMLMetaElement>("meta[name=offhook-site]")?.content ?? "{}";
  try {
    return { ...PLAIN, ...(JSON.parse(written) as Partial<Front>) };
  } catch {
    return PLAIN;
  }
}

/** Wear the site's colours; anything that is no plain colour is left out. */
export function wear({ accent, ink }: Pick<Front, "accent" | "ink">, root: HTMLElement): void {
  if (COLOUR.test(accent)) {
    root.style.setProperty("--live", accent);
    root.style.setProperty("--live-hover", `color-mix(in oklab, ${accent} 88%, black)`);
    root.style.setProperty("--on-live", COLOUR.test(ink) ? ink : "#ffffff");
  }
}
