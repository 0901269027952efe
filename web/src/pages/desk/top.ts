// The bar at the top of the desk: what the agent is doing, what comes next, and their own menu.
import { html, nothing, type TemplateResult } from "lit";
import "../../components/menu/menu.js";
import type { MenuItem } from "../../components/menu/menu.js";
import { brand, icon } from "../../icons.js";
import type { SignedIn } from "../../rest.js";
import { say } from "../../words.js";
import { looks } from "../looks.js";
import type { DeskController } from "./controller.js";
import { activityMenu, doingOf, nextOf } from "./view.js";

/** Whose bar it is, and what is done with what is chosen in it. */
export interface TopModel {
  readonly controller: DeskController;
  readonly who: SignedIn | null;
  readonly place: Place;
  activity(id: string): void;
  own(id: string): void;
}

/** Where on the desk somebody is: at their line, or at the contacts. */
export interface Place {
  readonly looked: boolean;
  go(looked: string | null): void;
}

/** The bar. */
export function topBar(model: TopModel): TemplateResult {
  const { who, own } = model;
  const choose = (event: CustomEvent<string>) => own(event.detail);
  return html`<header class="bar">
    ${brand()}
    ${navigation(model)}
    <span class="grow"></span>
    ${activity(model)}
    ${
      who
        ? html`<oh-menu icon="user" .name=${who.name || who.login} .items=${ownMenu()} @choose=${choose}></oh-menu>`
        : html`<oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()} @choose=${choose}></oh-menu>`
    }
  </header>`;
}

function navigation({ who, place }: TopModel): TemplateResult {
  if (!who?.permissions.includes("contacts.read")) {
    return html`<span class="navi" aria-current="page">${icon("headset")}<span>${say("desk.title")}</span></span>`;
  }
  const one = (looked: boolean, name: "headset" | "book", words: string) =>
    html`<button class="navi" type="button" aria-current=${place.looked === looked ? "page" : nothing} aria-label=${words}
      @click=${() => place.go(looked ? "" : null)}>${icon(name)}<span>${words}</span></button>`;
  return html`<nav class="navis" aria-label=${say("desk.title")}>
    ${one(false, "headset", say("desk.title"))}${one(true, "book", say("contact.title"))}
  </nav>`;
}

function activity({ controller, activity: chosen }: TopModel): TemplateResult | typeof nothing {
  const { desk, entered } = controller;
  const activities = entered?.activities ?? [];
  if (!desk) {
    return nothing;
  }
  const { line, words } = doingOf(desk.agent, activities);
  const next = nextOf(desk.agent, activities);
  return html`<oh-menu class="activity" .line=${line} about=${say("desk.activity")} .name=${words}
      .items=${activityMenu(desk.agent, activities)}
      @choose=${(event: CustomEvent<string>) => chosen(event.detail)}></oh-menu>
    ${next ? html`<span class="badge">${say("desk.next", { activity: next })}</span>` : nothing}`;
}

function ownMenu(): MenuItem[] {
  return [
    { id: "settings", icon: "sliders", words: say("settings.title") },
    { id: "shortcuts", icon: "keypad", words: say("shortcut.title") },
    { id: "password", words: say("signin.change") },
    { id: "out", words: say("signin.out"), ends: true },
    ...looks(),
  ];
}
