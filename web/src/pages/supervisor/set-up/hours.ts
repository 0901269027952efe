// Opening hours in a form: the time zone, the week, and the days that are different.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../../../icons.js";
import type { OpeningHours, OpenSpan } from "../../../rest.js";
import { locale, say } from "../../../words.js";
import { choice, described, invalid, problemAt, text, toggle, writtenIn } from "./controls.js";
import { type Editing, listAt, seen, textAt } from "./editing.js";
import { rows } from "./rows.js";

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

const OFFICE: OpenSpan = { opens: "09:00", closes: "17:00" };
/** So many spans a day has at most. */
const MOST = 12;
/** A Monday. */
const SOME_MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

/** Those of an office, Monday to Friday, where the reader is. */
export function officeHours(): OpeningHours {
  const week = Object.fromEntries(WEEKDAYS.slice(0, 5).map((day) => [day, [OFFICE]]));
  return { time_zone: here(), week, holidays: [] } as OpeningHours;
}

/** `always`: what it means when there are none. */
export function hoursForm(edit: Editing, path: string, always: string): TemplateResult {
  const open = edit.at(path) !== null;
  const kinds = [
    { value: "", words: always },
    { value: "own", words: say("setup.hours.own") },
  ];
  return html`${choice(asChoice(edit, path), path, { label: say("setup.hours.when"), options: kinds })}
    ${open ? week(edit, path) : nothing}`;
}

/** Whether there are hours, as something to choose. */
function asChoice(edit: Editing, path: string): Editing {
  const set = (_: string, value: unknown) => edit.set(path, value === "own" ? officeHours() : null);
  return seen(edit, () => (edit.at(path) === null ? "" : "own"), set);
}

function week(edit: Editing, path: string): TemplateResult {
  return html`${text(edit, `${path}.time_zone`, {
    label: say("setup.hours.zone"),
    hint: say("setup.hours.zone.hint"),
    required: true,
    code: true,
    suggestions: zones(),
  })}
    <fieldset class="field">
      <legend class="legend">${say("setup.hours.week")}</legend>
      <div class="week">${WEEKDAYS.map((day, n) => weekday(edit, `${path}.week.${day}`, dayName(n)))}</div>
      <p class="hint">${say("setup.hours.hint")}</p>
    </fieldset>
    <div class="field">
      <p class="legend" id="${path}-holidays">${say("setup.holidays")}</p>
      ${holidays(edit, `${path}.holidays`)}
    </div>`;
}

function weekday(edit: Editing, path: string, name: string): TemplateResult {
  return html`<div class="day" role="group" aria-label=${name}>
    <span class="day-name">${name}</span>
    <div class="spans">${spans(edit, path, name)}</div>
  </div>`;
}

/** The spans of a day, or that it is closed. */
function spans(edit: Editing, path: string, name: string): TemplateResult {
  const found = listAt<OpenSpan>(edit, path);
  return html`${found.length === 0 ? html`<span class="small muted closed">${say("setup.hours.closed")}</span>` : nothing}
    ${found.map((_, n) => spanAt(edit, path, name, n))}
    ${
      found.length < MOST
        ? html`<button class="btn btn-icon btn-s btn-quiet" type="button" id="${path}-add" title=${say("setup.hours.add", { day: name })}
            aria-label=${say("setup.hours.add", { day: name })} @click=${() => {
              edit.set(path, [...found, next(found)]);
              edit.focusLater(`${path}[${found.length}].opens`);
            }}>${icon("plus", "i-s")}</button>`
        : nothing
    }`;
}

function spanAt(edit: Editing, path: string, name: string, n: number): TemplateResult {
  const place = `${path}[${n}]`;
  const label = say("setup.hours.span", { day: name, count: n + 1 });
  return html`<span class="span">
    ${time(edit, `${place}.opens`, say("setup.hours.from", { what: label }))}
    <span aria-hidden="true">–</span> ${time(edit, `${place}.closes`, say("setup.hours.until", { what: label }))}
    <button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${say("setup.remove", { what: label })}
      title=${say("setup.remove", { what: label })} @click=${() => {
        const left = listAt(edit, path).toSpliced(n, 1);
        edit.set(path, left);
        edit.focusLater(`${path}-add`);
      }}>${icon("x", "i-s")}</button>
    ${problemAt(edit.trouble(`${place}.opens`), `${place}.opens`)} ${problemAt(edit.trouble(`${place}.closes`), `${place}.closes`)}
  </span>`;
}

/** A time of day; the midnight at which a day ends is written 00:00 here and 24:00 there. */
function time(edit: Editing, path: string, name: string): TemplateResult {
  const ends = path.endsWith(".closes");
  const written = textAt(edit, path);
  return html`<input class="input time num" type="time" id=${path} data-path=${path} required aria-label=${name}
    .value=${written === "24:00" ? "00:00" : written} aria-invalid=${invalid(edit, path)}
    aria-describedby=${described(edit, path, { label: "" })}
    @input=${(event: Event) => edit.set(path, ends && writtenIn(event) === "00:00" ? "24:00" : writtenIn(event))} />`;
}

function next(found: readonly OpenSpan[]): OpenSpan {
  const last = found.at(-1);
  return last && last.closes < "18:00" ? { opens: last.closes, closes: "18:00" } : OFFICE;
}

function holidays(edit: Editing, path: string): TemplateResult {
  return rows(edit, path, {
    label: say("setup.holidays"),
    add: say("setup.holiday.add"),
    none: say("setup.holidays.none"),
    most: 200,
    blank: () => ({ name: "", first: today(), last: null, hours: [], yearly: false }),
    legend: (n) => textAt(edit, `${path}[${n}].name`) || say("setup.holiday", { count: n + 1 }),
    body: (place, n) => html`<div class="two-up">
        ${text(edit, `${place}.name`, { label: say("setup.name"), most: 128 })}
        ${day(edit, `${place}.first`, say("setup.holiday.first"), true)}
        ${day(edit, `${place}.last`, say("setup.holiday.last"), false)}
      </div>
      <div class="day" role="group" aria-label=${say("setup.hours.week")}>
        <span class="day-name">${say("setup.hours.open")}</span>
        <div class="spans">${spans(edit, `${place}.hours`, say("setup.holiday", { count: n + 1 }))}</div>
      </div>
      ${toggle(edit, `${place}.yearly`, { label: say("setup.holiday.yearly") })}`,
  });
}

function day(edit: Editing, path: string, label: string, required: boolean): TemplateResult {
  return html`<div class="field" ?data-invalid=${edit.trouble(path) !== undefined}>
    <label for=${path}>${label}</label>
    <input class="input num" type="date" id=${path} data-path=${path} ?required=${required} .value=${textAt(edit, path)}
      aria-invalid=${invalid(edit, path)} aria-describedby=${described(edit, path, { label })}
      @input=${(event: Event) => edit.set(path, writtenIn(event) || null)} />
    ${problemAt(edit.trouble(path), path)}
  </div>`;
}

/** The name of a weekday, Monday being 0. */
export function dayName(n: number): string {
  const style = { weekday: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale(), style).format(SOME_MONDAY + n * DAY);
}

function zones(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}

function here(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

function today(): string {
  const now = new Date();
  const two = (count: number) => String(count).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
