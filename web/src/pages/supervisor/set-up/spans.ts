// Spans of time and their units in the words of the reader. Pure but for Intl.
import { locale } from "../../../words.js";

export type Unit = "second" | "minute" | "day";

const PARTS = [
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Seconds in hours, minutes and seconds: "1 hr 5 min". */
export function span(seconds: number): string {
  let left = seconds;
  const said = PARTS.flatMap(([unit, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count > 0 ? [measured(count, unit, "short")] : [];
  });
  return said.length > 0 ? said.join(" ") : measured(0, "second", "short");
}

/** The name of a unit by itself. */
export function unitOf(unit: Unit): string {
  const style = { style: "unit", unit, unitDisplay: "long" } as const;
  const parts = new Intl.NumberFormat(locale(), style).formatToParts(10);
  return parts.find(({ type }) => type === "unit")?.value ?? unit;
}

function measured(count: number, unit: string, unitDisplay: "short" | "long"): string {
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay }).format(count);
}
