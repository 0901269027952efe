// The icons and line glyphs of the design, as templates: 24 grid, 1.75 stroke, no fill.
import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";

const ICONS = {
  mic: svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`,
  "mic-off": svg`<path d="M15 9.5V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10 5.5M18.5 11.5c0 .9-.2 1.7-.5 2.5M12 18v3M4 4l16 16"/>`,
  cam: svg`<rect x="3" y="6.5" width="12.5" height="11" rx="2.5"/><path d="M15.5 11l5-3v8l-5-3"/>`,
  "cam-off": svg`<path d="M10 6.5h3a2.5 2.5 0 0 1 2.5 2.5v3M15.5 15a2.5 2.5 0 0 1-2.5 2.5H5.5A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2.5-2.5M15.5 11l5-3v8l-2.5-1.5M4 4l16 16"/>`,
  screen: svg`<rect x="3" y="4.5" width="18" height="12.5" rx="2.5"/><path d="M12 14V8m-2.7 2.5L12 7.8l2.7 2.7M8.5 20.5h7"/>`,
  "screen-off": svg`<rect x="3" y="4.5" width="18" height="12.5" rx="2.5"/><path d="M9.8 8.5l4.4 4.5m0-4.5L9.8 13M8.5 20.5h7"/>`,
  chat: svg`<path d="M4 7.5A3.5 3.5 0 0 1 7.5 4h9A3.5 3.5 0 0 1 20 7.5v5a3.5 3.5 0 0 1-3.5 3.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z"/><path d="M8.5 8.5h7M8.5 12h4"/>`,
  people: svg`<circle cx="9" cy="8.5" r="3.5"/><path d="M2.8 19.5c.4-3.5 2.9-5.5 6.2-5.5s5.8 2 6.2 5.5M15.5 5.3a3.3 3.3 0 0 1 0 6.4M17.5 14.3c2.1.6 3.5 2.4 3.7 5.2"/>`,
  user: svg`<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.5-4 3.5-6.5 7.5-6.5s7 2.5 7.5 6.5"/>`,
  phone: svg`<path d="M8.2 4H6a2 2 0 0 0-2 2.2C4.6 13.5 10.5 19.4 17.8 20a2 2 0 0 0 2.2-2v-2.3a1.5 1.5 0 0 0-1.1-1.4l-2.8-.8a1.5 1.5 0 0 0-1.6.5l-.8 1a12 12 0 0 1-4.7-4.7l1-.8a1.5 1.5 0 0 0 .5-1.6l-.8-2.8A1.5 1.5 0 0 0 8.2 4z"/>`,
  calendar: svg`<rect x="4" y="5.5" width="16" height="14.5" rx="2.5"/><path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>`,
  star: svg`<path d="M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z"/>`,
  hangup: svg`<path d="M3.2 14.8l-.7-1.6a2 2 0 0 1 .6-2.4c5.2-4 12.6-4 17.8 0a2 2 0 0 1 .6 2.4l-.7 1.6a1.5 1.5 0 0 1-1.7.9l-2.6-.5a1.5 1.5 0 0 1-1.2-1.3l-.2-1.4a11 11 0 0 0-6.2 0l-.2 1.4a1.5 1.5 0 0 1-1.2 1.3l-2.6.5a1.5 1.5 0 0 1-1.7-.9z"/>`,
  more: svg`<path d="M6 12h.01M12 12h.01M18 12h.01" stroke-width="3"/>`,
  down: svg`<path d="M7 10l5 5 5-5"/>`,
  up: svg`<path d="M7 14l5-5 5 5"/>`,
  right: svg`<path d="M10 7l5 5-5 5"/>`,
  left: svg`<path d="M14 7l-5 5 5 5"/>`,
  check: svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  x: svg`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>`,
  copy: svg`<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2.5"/><path d="M15.5 8.5v-2A2.5 2.5 0 0 0 13 4H6.5A2.5 2.5 0 0 0 4 6.5V13a2.5 2.5 0 0 0 2.5 2.5h2"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2"/>`,
  replay: svg`<path d="M4.5 12a7.5 7.5 0 1 0 2.6-5.7L4.5 8.5M4.5 4.5v4h4"/>`,
  spin: svg`<path d="M12 3.5a8.5 8.5 0 1 1-8.5 8.5"/>`,
  alert: svg`<path d="M12 4.5l8.5 15h-17zM12 10v4M12 16.8h.01"/>`,
  info: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8h.01"/>`,
  send: svg`<path d="M12 19V5.5M6 11l6-6 6 6"/>`,
  globe: svg`<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.5 2.3 3.7 5.2 3.7 8.5s-1.2 6.2-3.7 8.5c-2.5-2.3-3.7-5.2-3.7-8.5S9.5 5.8 12 3.5z"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`,
  signal: svg`<path d="M5 18v-3M10 18v-6M15 18V9M20 18V5" stroke-width="2.5"/>`,
  "signal-low": svg`<path d="M5 18v-3M10 18v-6" stroke-width="2.5"/><path d="M15 18V9M20 18V5" stroke-width="2.5" opacity=".3"/>`,
  volume: svg`<path d="M4.5 9.5h3L12 5.5v13l-4.5-4h-3zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>`,
  arrow: svg`<path d="M5 12h13.5M13 6.5l5.5 5.5-5.5 5.5"/>`,
  terminal: svg`<rect x="3.5" y="4.5" width="17" height="15" rx="3"/><path d="M7.5 9.5l2.5 2.5-2.5 2.5M12.5 15h4"/>`,
  sliders: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>`,
  keypad: svg`<path d="M6 5h.01M12 5h.01M18 5h.01M6 11h.01M12 11h.01M18 11h.01M6 17h.01M12 17h.01M18 17h.01" stroke-width="3"/>`,
  door: svg`<rect x="3.5" y="5" width="17" height="14" rx="3"/><path d="M3.5 14h17M12 5v9"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`,
  shield: svg`<path d="M12 3.5l7 2.5v5.5c0 4.3-2.8 7.5-7 9-4.2-1.5-7-4.7-7-9V6zM9 12l2.2 2.2L15.3 10"/>`,
  ext: svg`<path d="M13.5 4.5h6v6M19.5 4.5l-9 9M17 14v3.5a2 2 0 0 1-2 2H6.5a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2H10"/>`,
  key: svg`<circle cx="8" cy="15.5" r="4"/><path d="M11 12.5L19.5 4M16 7.5l3 3M13.5 10l2 2"/>`,
  hook: svg`<path d="M9.5 8.5a3.5 3.5 0 1 1 4.7 3.3l2.6 5M6.5 12.5a3.7 3.7 0 1 0 3.7 4.5h6M16.5 14a3.5 3.5 0 1 1-1 6"/>`,
  pause: svg`<path d="M9 6v12M15 6v12"/>`,
  play: svg`<path d="M8 5.5v13l10.5-6.5z"/>`,
  transfer: svg`<path d="M4 8.5h14M14.5 5L18 8.5 14.5 12M20 15.5H6M9.5 12L6 15.5 9.5 19"/>`,
  book: svg`<path d="M5 6a2 2 0 0 1 2-2h12v16H7a2 2 0 0 1-2-2zM5 18a2 2 0 0 1 2-2h12M9 8h6"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  headset: svg`<path d="M4.5 14.5V12a7.5 7.5 0 0 1 15 0v2.5M19.5 17.5c0 2-1.8 3-4.5 3h-2"/><rect x="3.5" y="13" width="4" height="6" rx="2"/><rect x="16.5" y="13" width="4" height="6" rx="2"/>`,
  chart: svg`<path d="M4 20h16M7 16v-4M12 16V6M17 16v-7"/>`,
  missed: svg`<path d="M5 7l7 6 7-6M5 12.5V7h5.5"/>`,
  bell: svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21h4"/>`,
  download: svg`<path d="M12 4.5V15M7 10.5l5 5 5-5M5 19.5h14"/>`,
  clip: svg`<path d="M18.5 11l-7 7a4.2 4.2 0 0 1-6-6l7.5-7.5a2.8 2.8 0 0 1 4 4L9.7 15.8a1.3 1.3 0 0 1-1.9-1.9L14 7.7"/>`,
  queue: svg`<path d="M5 6.5h9M5 12h9M5 17.5h9M19 6.5h.01M19 12h.01M19 17.5h.01"/>`,
  flow: svg`<rect x="3.5" y="4" width="7" height="5.5" rx="1.8"/><rect x="13.5" y="14.5" width="7" height="5.5" rx="1.8"/><path d="M7 9.5v4a3.8 3.8 0 0 0 3.8 3.8h2.7"/>`,
  doc: svg`<path d="M13.5 3.5H8A2.5 2.5 0 0 0 5.5 6v12A2.5 2.5 0 0 0 8 20.5h8a2.5 2.5 0 0 0 2.5-2.5V8.5zM13.5 3.5v5h5"/>`,
} as const satisfies Record<string, SVGTemplateResult>;

const LINES = {
  flat: svg`<path d="M1 7h32"/>`,
  open: svg`<path d="M1 7h23"/><circle cx="29" cy="7" r="3.5"/>`,
  ringing: svg`<path d="M1 7h5l1.3-4 1.9 8 1.9-8 1.9 8L14.3 7H20l1.3-4 1.9 8 1.9-8 1.9 8L28.3 7H33"/>`,
  live: svg`<path d="M1 7h2M6 5v4M9.3 3v8M12.6 5.5v3M15.9 1.8v10.4M19.2 4v6M22.5 2.8v8.4M25.8 5v4M29 6v2M32 7h1"/>`,
  hold: svg`<path d="M1 7h9M24 7h9M14.5 2.5v9M19.5 2.5v9"/>`,
  lost: svg`<path d="M1 7h9l2.5-4.5M33 7h-9l-2.5 4.5"/><path d="M17 7h.01" stroke-width="2.6"/>`,
  wrap: svg`<path d="M1 7h15M21 7h.01M26 7h.01M31 7h.01"/>`,
  ended: svg`<path d="M1 7h28M31.5 2.5v9"/>`,
} as const satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof ICONS;
export type LineState = keyof typeof LINES;

/** A decorative icon; the control that holds it carries the name. */
export function icon(name: IconName, more = ""): TemplateResult {
  return html`<svg class="i ${more}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${ICONS[name]}
  </svg>`;
}

/** The glyph of a line: its state as a shape. */
export function lineGlyph(state: LineState, more = ""): TemplateResult {
  return html`<svg class=${more} viewBox="0 0 34 14" aria-hidden="true" focusable="false">
    ${LINES[state]}
  </svg>`;
}

/** The mark: a lifted receiver over its open line, with the name beside it. */
export function brand(): TemplateResult {
  return html`<a class="brand" href="/">
    <svg viewBox="0 0 28 28" fill="none" aria-hidden="true" focusable="false">
      <path d="M4 24.5h20" class="m-line" stroke-width="2.8" stroke-linecap="round" />
      <g transform="rotate(-20 14 11)" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">
        <path d="M5.5 14.5C5.5 3.8 22.5 3.8 22.5 14.5" stroke-width="3.4" />
        <path d="M4.6 14.8h3.6M19.8 14.8h3.6" stroke-width="5.2" />
      </g>
    </svg>Offhook</a
  >`;
}
