// Times as they are read at a glance: today by the clock, before that by the day. Pure but for Intl.
import { locale } from "../../words.js";

/** The time of today, or day and time of another day. */
export function when(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const today = at.toDateString() === now.toDateString();
  const style: Intl.DateTimeFormatOptions = today
    ? { timeStyle: "medium" }
    : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(locale(), style).format(at);
}

/** Day, time and zone in full, for whoever asks. */
export function exactly(iso: string): string {
  const style: Intl.DateTimeFormatOptions = { dateStyle: "full", timeStyle: "long" };
  return new Intl.DateTimeFormat(locale(), style).format(new Date(iso));
}

const STEPS = [
  [60, "second"],
  [3600, "minute"],
  [86400, "hour"],
  [Number.POSITIVE_INFINITY, "day"],
] as const;
const LENGTHS = { second: 1, minute: 60, hour: 3600, day: 86400 } as const;

/** How far away a time is: "in 6 minutes". */
export function until(iso: string, now: Date = new Date()): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  const [, unit] = STEPS.find(([below]) => Math.abs(seconds) < below) ?? STEPS[3];
  const count = Math.round(seconds / LENGTHS[unit]);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" }).format(
    count,
    unit,
  );
}
