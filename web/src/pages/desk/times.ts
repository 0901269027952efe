// The server's times on this machine's clock, and how times and languages are written.
import { lasted } from "../../components/timer/timer.js";
import { locale } from "../../words.js";

/** Turns the server's times into those of this machine, whose clock may be wrong. */
export class Clock {
  /** `ahead`: by how many milliseconds this machine's clock is before the server's. */
  constructor(readonly ahead: number = 0) {}

  /** The clock by a time that the server gave just now; without one both are taken as right. */
  static by(at: string | undefined, now: number): Clock {
    const server = Date.parse(at ?? "");
    return new Clock(Number.isNaN(server) ? 0 : now - server);
  }

  /** A time of the server as `Date.now()` counts here. */
  local(at: string): number {
    return Date.parse(at) + this.ahead;
  }
}

/** So many seconds, as a clock shows them. */
export function clockOf(seconds: number): string {
  return lasted(seconds * 1000);
}

/** A language by its code, in the reader's own words. */
export function languageName(code: string): string {
  try {
    const name = new Intl.DisplayNames([locale()], { type: "language" }).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1);
  } catch {
    return code;
  }
}

/** When something was: the hour when it was today, else the day, with the year when it is another. */
export function whenOf(at: string, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) {
    return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(date);
  }
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" as const };
  const shown = { day: "numeric", month: "short", ...year } as const;
  return new Intl.DateTimeFormat(locale(), shown).format(date);
}
