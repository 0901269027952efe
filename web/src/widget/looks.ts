// How the button and the frame look: one constructed sheet, which a strict style-src lets through.

const TEXT = `
:host { all: initial; position: fixed; z-index: 2147483000; inset-block-end: 24px; inset-inline-end: 24px;
  --live: light-dark(#0a7a5b, #2fc495); --on: light-dark(#fff, #04231a); --end: #c4362e; color-scheme: light dark; }
:host([data-side="start"]) { inset-inline: 24px auto; }
[hidden] { display: none !important; }
button { position: relative; display: inline-flex; align-items: center; gap: 10px; min-block-size: 52px; margin: 0;
  padding-inline: 18px 22px; border: 0; border-radius: 999px; background: var(--live); color: var(--on); cursor: pointer;
  font: 600 16px/1 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  box-shadow: 0 2px 6px rgb(0 0 0 / .16), 0 16px 40px rgb(0 0 0 / .16); }
button:hover { filter: brightness(.94); }
button:focus-visible { outline: 3px solid #2457c5; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
svg { fill: none; stroke: currentColor; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.i { inline-size: 20px; block-size: 20px; stroke-width: 1.75; } .l { inline-size: 34px; block-size: 14px; stroke-width: 1.75; }
.t { font-variant-numeric: tabular-nums; direction: ltr; }
.n { position: absolute; inset-block-start: -6px; inset-inline-end: -2px; min-inline-size: 22px; padding: 5px 6px; box-sizing: border-box;
  border-radius: 999px; background: var(--end); color: #fff; font-size: 12px; text-align: center; box-shadow: 0 0 0 2px #fff; }
.v { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
iframe { position: absolute; inset-block-end: 0; inset-inline-end: 0; inline-size: 372px; max-inline-size: calc(100vw - 48px);
  block-size: 420px; max-block-size: calc(100dvh - 48px); border: 0; border-radius: 20px; background: none; color-scheme: normal;
  box-shadow: 0 2px 6px rgb(0 0 0 / .12), 0 16px 40px rgb(0 0 0 / .22); transition: block-size .2s cubic-bezier(.2, 0, 0, 1); }
:host([data-side="start"]) iframe { inset-inline: 0 auto; }
iframe[data-folded] { visibility: hidden; pointer-events: none; box-shadow: none; }
@media (max-width: 520px) { :host { inset-block-end: 16px; inset-inline-end: 16px; } :host([data-side="start"]) { inset-inline: 16px auto; }
  iframe, :host([data-side="start"]) iframe { position: fixed; inset: 0; inline-size: 100%; max-inline-size: none; block-size: 100dvh !important; max-block-size: none; border-radius: 0; } }
@media (prefers-reduced-motion: reduce) { iframe { transition: none; } }
@media (forced-colors: active) { button { border: 2px solid ButtonBorder; } }
@media print { :host { display: none; } }
`;

/** The sheet of the launcher's shadow root. */
export function sheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(TEXT);
  return made;
}
