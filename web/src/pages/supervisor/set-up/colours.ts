// Whether words can be read on a colour, as WCAG 2.2 counts it. Pure.

/** What words of usual size need (success criterion 1.4.3). */
export const READABLE = 4.5;

const WHITE = "#ffffff";
const BLACK = "#000000";
const COLOUR = /^#[0-9a-f]{6}$/i;

/** The contrast ratio of two colours `#rrggbb`, from 1 to 21; 0 when one is none. */
export function contrast(one: string, other: string): number {
  if (!COLOUR.test(one) || !COLOUR.test(other)) {
    return 0;
  }
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** White or black, whichever is read better on a colour. */
export function readableOn(colour: string): string {
  return contrast(WHITE, colour) >= contrast(BLACK, colour) ? WHITE : BLACK;
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
