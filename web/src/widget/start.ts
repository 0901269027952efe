// Starts the widget of a script tag, once for a page.
import { ELEMENT_ID } from "./launcher.js";
import { type Tag, Widget, type WidgetApi } from "./widget.js";

declare global {
  interface Window {
    Offhook?: WidgetApi;
  }
}

/** What a script tag says; null when it names no site. */
export function tagOf(script: HTMLScriptElement): Tag | null {
  const site = script.dataset.site?.trim();
  return site
    ? { server: new URL(script.src).origin, site, language: script.dataset.language ?? "" }
    : null;
}

/** Put the widget on this page; a script that runs again adds no second one. */
export function start(
  script: HTMLScriptElement | null,
  complain: (why: string) => void,
): Widget | null {
  const tag = script && tagOf(script);
  if (!tag) {
    complain("no button: the script tag has no data-site");
    return null;
  }
  if (document.getElementById(ELEMENT_ID)) {
    return null;
  }
  const widget = new Widget(tag, complain);
  window.Offhook = Object.freeze({
    open: () => widget.open(),
    close: () => widget.close(),
    identify: (identity: string) => widget.identify(identity),
    setAttributes: (attributes: Record<string, unknown>) => widget.setAttributes(attributes),
  });
  return widget;
}
