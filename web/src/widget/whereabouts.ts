// Notices that the visitor is on another page of the site, also where no page is loaded.
import type { PageSeen } from "./messages.js";

/** Single-page sites set the title a little after the address. */
const SETTLES = 300;

/** The page as it is now. */
export function pageNow(): PageSeen {
  const { title, referrer } = document;
  return {
    url: location.href.slice(0, 2000),
    title: title.slice(0, 300),
    referrer: referrer.slice(0, 2000),
  };
}

/** Tell every other address of this page; call what is returned to stop. */
export function watchPage(tell: (page: PageSeen) => void): () => void {
  let told = location.href;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.href !== told) {
        told = location.href;
        tell(pageNow());
      }
    }, SETTLES);
  };
  const unwrap = [wrap("pushState", look), wrap("replaceState", look)];
  for (const name of ["popstate", "hashchange"]) {
    addEventListener(name, look);
  }
  return () => {
    clearTimeout(timer);
    for (const end of unwrap) {
      end();
    }
    for (const name of ["popstate", "hashchange"]) {
      removeEventListener(name, look);
    }
  };
}

/** What the site does itself stays as it was; we only look afterwards. */
function wrap(name: "pushState" | "replaceState", then: () => void): () => void {
  const own = history[name];
  const wrapped: History["pushState"] = function (this: History, ...given) {
    own.apply(this, given);
    then();
  };
  history[name] = wrapped;
  return () => {
    if (history[name] === wrapped) {
      history[name] = own;
    }
  };
}
