// The receiver and the line glyphs on the button, made without markup so that Trusted Types allow them.
import type { WidgetLine } from "./messages.js";

const SVG = "http://www.w3.org/2000/svg";
const PHONE =
  "M8.2 4H6a2 2 0 0 0-2 2.2C4.6 13.5 10.5 19.4 17.8 20a2 2 0 0 0 2.2-2v-2.3a1.5 1.5 0 0 0-1.1-1.4l-2.8-.8a1.5 1.5 0 0 0-1.6.5l-.8 1a12 12 0 0 1-4.7-4.7l1-.8a1.5 1.5 0 0 0 .5-1.6l-.8-2.8A1.5 1.5 0 0 0 8.2 4z";
const LINES: Readonly<Record<Exclude<WidgetLine, "none">, string>> = {
  ringing: "M1 7h5l1.3-4 1.9 8 1.9-8 1.9 8L14.3 7H20l1.3-4 1.9 8 1.9-8 1.9 8L28.3 7H33",
  live: "M1 7h2M6 5v4M9.3 3v8M12.6 5.5v3M15.9 1.8v10.4M19.2 4v6M22.5 2.8v8.4M25.8 5v4M29 6v2M32 7h1",
  hold: "M1 7h9M24 7h9M14.5 2.5v9M19.5 2.5v9",
  lost: "M1 7h9l2.5-4.5M33 7h-9l-2.5 4.5M17 7h.01",
  ended: "M1 7h28M31.5 2.5v9",
};

/** The picture of a line; a receiver while there is none. */
export function shapeOf(line: WidgetLine): SVGSVGElement {
  const phone = line === "none";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", phone ? "0 0 24 24" : "0 0 34 14");
  svg.setAttribute("class", phone ? "i" : "l");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", phone ? PHONE : LINES[line]);
  svg.append(path);
  return svg;
}
