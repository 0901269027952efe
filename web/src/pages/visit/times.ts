// The times at which a visitor may be called back, by day. Pure.

/** One day and its times, as the visitor's clock shows them. */
export interface Day {
  readonly name: string;
  readonly times: readonly { readonly at: string; readonly name: string }[];
}

const HALF_HOUR = 30 * 60_000;
const DAYS = 7;

/** The days that can be chosen: of the server's times, or half hours of the next week. */
export function daysOf(given: readonly string[], now: Date, locale: string): Day[] {
  const times = given.length > 0 ? given : halfHours(now);
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const days = new Map<string, { at: string; name: string }[]>();
  for (const at of times) {
    const date = new Date(at);
    if (date > now) {
      const name = day.format(date);
      days.set(name, [...(days.get(name) ?? []), { at, name: clock.format(date) }]);
    }
  }
  return [...days].map(([name, all]) => ({ name, times: all }));
}

/** When something is, as one says it: the time today, else with the day. */
export function whenIs(at: string, now: Date, locale: string): string {
  const date = new Date(at);
  const today = date.toDateString() === now.toDateString();
  const day: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return new Intl.DateTimeFormat(locale, {
    ...(today ? {} : day),
    hour: "numeric",
    minute: "2-digit",
  }).format(date);
}

/** The name of the visitor's own time zone. */
export function ownZone(locale: string, now: Date): string {
  const format = new Intl.DateTimeFormat(locale, { timeZoneName: "shortGeneric" });
  const parts = format.formatToParts(now);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

function halfHours(now: Date): string[] {
  const first = Math.ceil((now.getTime() + HALF_HOUR) / HALF_HOUR) * HALF_HOUR;
  const count = (DAYS * 24 * 60 * 60_000) / HALF_HOUR;
  return Array.from({ length: count }, (_, step) =>
    new Date(first + step * HALF_HOUR).toISOString(),
  );
}
