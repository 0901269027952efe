// The element of /desk: who is signed in, and the desk as the controller says it is.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { AudioOutput } from "../../client/audio.js";
import type { Devices } from "../../client/devices.js";
import "../../components/contacts/contacts.js";
import "../../components/customer/customer.js";
import "../../components/desk-call/desk-call.js";
import type { DeskAction } from "../../components/desk-bar/desk-bar.js";
import type { DeskCall } from "../../components/desk-call/desk-call.js";
import type { ChosenDetail } from "../../components/devices/devices.js";
import "../../components/dialogs/desk-settings.js";
import "../../components/dialogs/desk-shortcuts.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import "../../components/offer/offer.js";
import { Order } from "../../components/stage/order.js";
import type { ShownDetail } from "../../components/tile/tile.js";
import "../../components/toasts/toasts.js";
import "../../components/transfer/transfer.js";
import type { TransferDetail } from "../../components/transfer/transfer.js";
import "../../components/wrap-up/wrap-up.js";
import type { NoteDetail, WrapUp } from "../../components/wrap-up/wrap-up.js";
import type { ContactView } from "../../desk-protocol.js";
import { brand, icon, lineGlyph } from "../../icons.js";
import type { Memory } from "../../memory.js";
import type { SignedIn } from "../../rest.js";
import { say } from "../../words.js";
import { Api } from "../admin/api.js";
import "../gate/gate.js";
import { chooseLook, looks } from "../looks.js";
import type { Regions } from "../room/herald.js";
import { Reading } from "../room/reading.js";
import { setShortcuts, shortcutsOn } from "../room/shortcuts.js";
import type { DeskController } from "./controller.js";
import { Crier } from "./crier.js";
import { customerOf, offeredCustomer } from "./customers.js";
import { callModel, devicesModel, wrapUpModel } from "./models.js";
import styles from "./page.css?inline";
import { type DeskShortcut, shortcutOf } from "./shortcuts.js";
import {
  activityMenu,
  colleagueRows,
  contactRows,
  doingOf,
  frontOf,
  nameOf,
  nextOf,
  offerModels,
  queueRows,
} from "./view.js";

type Dialog = "settings" | "shortcuts" | "transfer";

/** Reports `named` when another title is right. */
@customElement("oh-desk-page")
export class DeskPage extends OffhookElement {
  static override styles = sheets(styles);

  controller!: DeskController;
  devices!: Devices;
  output!: AudioOutput;
  memory!: Memory;
  regions!: Regions;
  api = new Api();

  @state() private who: SignedIn | null = null;
  @state() private changing = false;
  @state() private reason = "";
  @state() private dialog: Dialog | null = null;
  @state() private chatOpen = true;
  @state() private chatFailure = "";
  @query("oh-desk-call") private readonly call!: DeskCall | null;
  @query("oh-wrap-up") private readonly wrapUp!: WrapUp | null;

  #crier!: Crier;
  readonly #reading = new Map<string, Reading>();
  readonly #orders = new Map<string, Order>();

  override connectedCallback(): void {
    super.connectedCallback();
    const { controller } = this;
    this.#crier = new Crier(this.regions, this.memory, () => this.#changed());
    controller.on("changed", () => this.#changed());
    controller.on("offered", (offer) => this.#crier.offered(offer));
    controller.on("gone", (words) => this.#crier.tell("info", words));
    controller.on("returned", (words) => this.#crier.tell("transfer", words));
    controller.on("ended", (contact) => this.#crier.ended(nameOf(contact.customer)));
    controller.on("reconnecting", (lost) => this.#crier.cutOff(lost));
    controller.on("out", () => this.#out(say("signin.over")));
    controller.on("failed", (error) => this.#crier.failed(error));
    controller.calls.on("fact", ({ session, fact }) => {
      const me = controller.calls.room(session)?.me ?? "";
      this.#crier.happened(fact, me, this.#isRead(session));
    });
    this.output.on("blocked", () => this.requestUpdate());
    document.addEventListener("keydown", this.#onKey);
    document.addEventListener("pointerdown", this.#unlock, { once: true });
    document.addEventListener("keydown", this.#unlock, { once: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
    document.removeEventListener("pointerdown", this.#unlock);
    document.removeEventListener("keydown", this.#unlock);
    this.#crier.close();
  }

  /** What the page is called now: who is calling goes before everything else. */
  get heading(): string {
    const { offers, front } = this.controller;
    const calling = offers[0];
    if (calling) {
      return say("desk.title.calling", { name: nameOf(calling.customer) });
    }
    return front ? `${nameOf(front.customer)} · ${say("desk.title")}` : say("desk.title");
  }

  override render(): TemplateResult {
    return html`${this.#head()} ${this.#content()} ${this.#dialogs()}
      <oh-toasts .toasts=${this.#crier.toasts}></oh-toasts>`;
  }

  #head(): TemplateResult {
    return html`<header class="bar">
      ${brand()}
      <span class="navi" aria-current="page">${icon("headset")}<span>${say("desk.title")}</span></span>
      <span class="grow"></span>
      ${this.controller.desk ? this.#activity() : nothing}
      ${
        this.who
          ? html`<oh-menu icon="user" .name=${this.who.name || this.who.login} .items=${this.#account()} @choose=${this.#own}></oh-menu>`
          : html`<oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()} @choose=${this.#own}></oh-menu>`
      }
    </header>`;
  }

  #activity(): TemplateResult | typeof nothing {
    const { desk, entered } = this.controller;
    const activities = entered?.activities ?? [];
    if (!desk) {
      return nothing;
    }
    const { line, words } = doingOf(desk.agent, activities);
    const next = nextOf(desk.agent, activities);
    return html`<oh-menu class="activity" .line=${line} about=${say("desk.activity")} .name=${words}
        .items=${activityMenu(desk.agent, activities)} @choose=${this.#activityChosen}></oh-menu>
      ${next ? html`<span class="badge">${say("desk.next", { activity: next })}</span>` : nothing}`;
  }

  #account() {
    return [
      { id: "settings", icon: "sliders" as const, words: say("settings.title") },
      { id: "shortcuts", icon: "keypad" as const, words: say("shortcut.title") },
      { id: "password", words: say("signin.change") },
      { id: "out", words: say("signin.out"), ends: true },
      ...looks(),
    ];
  }

  #content(): TemplateResult {
    const { controller, who } = this;
    if (!who || this.changing) {
      return html`<oh-gate .api=${this.api} .reason=${this.reason} .changing=${this.changing ? who : null}
        @entered=${this.#entered}></oh-gate>`;
    }
    switch (controller.standing) {
      case "elsewhere":
        return this.#alone(
          "ended",
          "desk.elsewhere",
          "desk.elsewhere.what",
          "control.use_this_tab",
        );
      case "refused":
        return this.#alone("ended", "admin.nothing", "admin.nothing.what", null);
      default:
        return this.#inside();
    }
  }

  #inside(): TemplateResult {
    const { desk, entered, standing } = this.controller;
    if (desk) {
      return this.#work();
    }
    return entered
      ? this.#alone("flat", "desk.none", "desk.none.what", null)
      : html`<main class="alone" aria-busy=${standing === "connecting"}></main>`;
  }

  #alone(
    line: "ended" | "flat",
    title: "desk.elsewhere" | "desk.none" | "admin.nothing",
    what: "desk.elsewhere.what" | "desk.none.what" | "admin.nothing.what",
    action: "control.use_this_tab" | null,
  ): TemplateResult {
    return html`<main class="state alone">
      ${lineGlyph(line, "state-mark")}
      <h1>${say(title)}</h1>
      <p>${say(what)}</p>
      ${
        action
          ? html`<button class="btn btn-ink" type="button" @click=${() => this.controller.begin()}>${say(action)}</button>`
          : nothing
      }
    </main>`;
  }

  #work(): TemplateResult {
    const { controller } = this;
    const { desk, front, clock, standing } = controller;
    if (!desk) {
      return html``;
    }
    return html`${standing === "reconnecting" ? this.#reconnecting() : nothing}
      <div class="desk">
        <oh-contacts class="side" .contacts=${contactRows(desk, front?.session ?? null, clock)}
          .queues=${queueRows(desk)} .colleagues=${colleagueRows(desk)}
          @front=${(event: CustomEvent<string>) => controller.choose(event.detail)}></oh-contacts>
        <main class=${front ? "" : "centre"}>${this.#silent(front !== null)} ${this.#offers()} ${front ? this.#contact(front) : this.#idle()}</main>
        ${this.#customer()}
      </div>`;
  }

  #reconnecting(): TemplateResult {
    return html`<p class="notice cut-off" data-tone="wait">
      ${icon("spin", "turning")}<span class="grow">${say("desk.reconnecting")}</span>
      <button class="btn btn-s" type="button" @click=${() => this.controller.retryNow()}>${say("control.retry")}</button>
    </p>`;
  }

  /** A page that was loaded anew cannot ring before it is touched. */
  #silent(inCall: boolean): TemplateResult | typeof nothing {
    return this.#crier.blocked && !inCall
      ? html`<p class="notice silent" data-tone="info">
          ${icon("volume")}<span class="grow">${say("device.sound")}</span>
          <button class="btn btn-s" type="button" @click=${this.#unlock}>${say("device.sound.tap")}</button>
        </p>`
      : nothing;
  }

  #offers(): TemplateResult[] {
    const { controller } = this;
    const { desk, clock, front } = controller;
    if (!desk) {
      return [];
    }
    const open = { ...desk, offers: [...controller.offers] };
    const accepting = controller.offers.find(({ reservation }) =>
      controller.busy("accept", reservation),
    );
    const models = offerModels(open, {
      clock,
      first: (reservation) => controller.firstSeen(reservation),
      accepting: accepting?.reservation ?? null,
      shortcuts: shortcutsOn(this.memory),
    });
    return models.map(
      (model, place) => html`<oh-offer ?small=${front !== null || place > 0} .model=${model}
        @accept=${(event: CustomEvent<string>) => this.#accept(event.detail)}
        @reject=${(event: CustomEvent<string>) => controller.reject(event.detail)}></oh-offer>`,
    );
  }

  #contact(contact: ContactView): TemplateResult {
    const { controller, devices } = this;
    const { session } = contact;
    const shortcuts = shortcutsOn(this.memory);
    if (contact.mine === "wrapping") {
      return html`<div class="wrap"><oh-wrap-up .model=${wrapUpModel(controller, contact, shortcuts)}
        @note=${(event: CustomEvent<NoteDetail>) => this.#note(session, event.detail)}
        @more-time=${() => controller.moreTime(session)}
        @next=${(event: CustomEvent<string>) => controller.chooseActivity(event.detail)}
        @finish=${() => this.#finish(contact)}></oh-wrap-up></div>`;
    }
    const ui = {
      chatOpen: this.chatOpen,
      chatFailure: this.chatFailure,
      unread: this.#unread(contact),
      shortcuts,
      soundBlocked: this.output.blocked,
    };
    const order = this.#kept(this.#orders, session, () => new Order());
    return html`<oh-desk-call .model=${callModel(controller, { devices, contact, ui, order })}
      @act=${(event: CustomEvent<DeskAction>) => this.#act(event.detail, contact)}
      @choose=${(event: CustomEvent<string>) => this.#chose(event.detail, contact)}
      @notice=${(event: CustomEvent<string>) => this.#chose(event.detail, contact)}
      @say=${(event: CustomEvent<string>) => this.#say(session, event.detail)}
      @shown=${(event: CustomEvent<ShownDetail>) => this.#shown(session, event.detail)}></oh-desk-call>`;
  }

  #idle(): TemplateResult | typeof nothing {
    const { desk, entered, offers } = this.controller;
    if (!desk || offers.length > 0) {
      return nothing;
    }
    const { agent } = desk;
    const activities = entered?.activities ?? [];
    const { line } = doingOf(agent, activities);
    const open = line === "open";
    const away = activities.find(({ available }) => available);
    return html`<div class="state">
      <span class="line" data-line=${line}>${lineGlyph(line, "state-mark")}</span>
      <h1>${say(open ? "desk.open" : "desk.closed")}</h1>
      <p>${say(open ? "desk.open.what" : "desk.closed.what")}</p>
      ${
        !open && agent.strikes > 0
          ? html`<p class="notice" data-tone="wait">${icon("missed")}<span>${say("desk.struck", { count: agent.strikes })}</span></p>`
          : nothing
      }
      <div class="cluster">
        ${
          !open && away
            ? html`<button class="btn btn-open" type="button" @click=${() => this.#come(away.id)}>
                ${say(agent.strikes > 0 ? "desk.back" : "desk.come")}</button>`
            : nothing
        }
        <button class="btn" type="button" @click=${() => this.#crier.ringer.test()}>${icon("volume")}${say("desk.ring.test")}</button>
        ${
          this.#crier.notifier.mayAsk
            ? html`<button class="btn" type="button" @click=${this.#notify}>${icon("bell")}${say("desk.notify")}</button>`
            : nothing
        }
      </div>
    </div>`;
  }

  #customer(): TemplateResult {
    const { controller } = this;
    const { front, offers, drafts } = controller;
    const offer = offers[0];
    const now = Date.now();
    const notes = front?.mine === "agent" ? (drafts.of(front.session).notes ?? front.notes) : null;
    const model = front
      ? customerOf(front, notes, now)
      : offer
        ? offeredCustomer(offer, now)
        : null;
    return model
      ? html`<aside aria-label=${say("desk.customer")}>
          <oh-customer .model=${model}
            @note=${(event: CustomEvent<string>) => this.#note(model.session, { notes: event.detail })}></oh-customer>
        </aside>`
      : html`<aside class="empty" aria-label=${say("desk.customer")}><p class="small faint">${say("desk.customer.none")}</p></aside>`;
  }

  #dialogs(): TemplateResult {
    const { dialog, controller, devices } = this;
    const { desk, front } = controller;
    const close = () => this.#open(null);
    const { ringer, notifier } = this.#crier;
    return html`<oh-transfer ?open=${dialog === "transfer" && front !== null} .customer=${front ? nameOf(front.customer) : ""}
        .colleagues=${desk ? colleagueRows(desk) : []} .queues=${desk ? queueRows(desk) : []}
        @transfer=${(event: CustomEvent<TransferDetail>) => front && controller.transfer(front.session, event.detail)}
        @close=${close}></oh-transfer>
      <oh-desk-settings ?open=${dialog === "settings"} .devices=${devicesModel(devices)}
        .ring=${{ on: ringer.on, device: ringer.device, mayAsk: notifier.mayAsk }}
        @choose-device=${this.#choseDevice} @process=${(event: CustomEvent) => devices.process(event.detail)}
        @test-speaker=${() => this.#crier.sounds.test(devices.chosen("speaker"))}
        @ring-device=${(event: CustomEvent<string>) => ringer.choose(event.detail)} @ring-test=${() => ringer.test()}
        @toggle-ring=${() => this.#turnRing()} @notify=${this.#notify} @close=${close}></oh-desk-settings>
      <oh-desk-shortcuts ?open=${dialog === "shortcuts"} ?enabled=${shortcutsOn(this.memory)}
        @toggle-shortcuts=${this.#turnShortcuts} @close=${close}></oh-desk-shortcuts>`;
  }

  // --- what was pressed

  /** With the first touch of the page it may ring. */
  readonly #unlock = () => {
    this.#crier.unlock();
    this.requestUpdate();
  };

  #accept(reservation: string): void {
    this.output.unlock();
    this.#crier.unlock();
    void this.controller.accept(reservation);
  }

  #act(action: DeskAction, contact: ContactView): void {
    const { controller } = this;
    const { session } = contact;
    const acts: Record<DeskAction, () => unknown> = {
      microphone: () => controller.calls.toggleMicrophone(),
      camera: () => controller.calls.toggleCamera(),
      hold: () => controller.hold(session, !contact.held),
      share: () => this.#try(controller.calls.toggleShare(session)),
      transfer: () => this.#open("transfer"),
      chat: () => this.#toggleChat(),
      "hang-up": () => controller.hangUp(session),
    };
    acts[action]();
  }

  #chose(id: string, contact: ContactView): void {
    const { controller, devices } = this;
    const { session } = contact;
    const acts: Record<string, () => unknown> = {
      share: () => this.#act("share", contact),
      chat: () => this.#toggleChat(),
      settings: () => this.#open("settings"),
      shortcuts: () => this.#open("shortcuts"),
      transfer: () => this.#open("transfer"),
      resume: () => controller.hold(session, false),
      rejoin: () => controller.calls.rejoin(session),
      sound: () => this.output.unlock(),
      "consult:cancel": () => controller.consulted(session, "cancel"),
      "consult:complete": () => controller.consulted(session, "complete"),
      "consult:conference": () => controller.consulted(session, "conference"),
      "devices:microphone": () => devices.start("microphone"),
      "devices:camera": () => devices.start("camera"),
    };
    acts[id]?.();
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const shortcut = shortcutsOn(this.memory) ? shortcutOf(event) : null;
    if (shortcut && this.controller.desk && this.#shortcut(shortcut)) {
      event.preventDefault();
    }
  };

  /** Whether there was anything to do. */
  #shortcut(shortcut: DeskShortcut): boolean {
    const { front, offers } = this.controller;
    const offer = offers[0];
    if (shortcut === "help") {
      this.#open("shortcuts");
      return true;
    }
    if (shortcut === "accept" || shortcut === "reject") {
      if (offer) {
        void (shortcut === "accept"
          ? this.#accept(offer.reservation)
          : this.controller.reject(offer.reservation));
      }
      return offer !== undefined;
    }
    if (!front) {
      return false;
    }
    return front.mine === "wrapping"
      ? this.#wrapKey(shortcut, front)
      : this.#callKey(shortcut, front);
  }

  #wrapKey(shortcut: DeskShortcut, front: ContactView): boolean {
    if (shortcut === "finish") {
      void this.#finish(front);
    }
    return shortcut === "finish";
  }

  #callKey(shortcut: DeskShortcut, front: ContactView): boolean {
    const leads = front.mine === "agent";
    switch (shortcut) {
      case "hold":
      case "transfer":
        if (leads) {
          this.#act(shortcut, front);
        }
        return leads;
      case "hang-up":
      case "microphone":
      case "camera":
      case "chat":
        this.#act(shortcut, front);
        return true;
      default:
        return false;
    }
  }

  async #finish(contact: ContactView): Promise<void> {
    if (!(await this.controller.finish(contact))) {
      this.wrapUp?.focusProblem();
    }
  }

  #note(session: string, note: NoteDetail): void {
    this.controller.drafts.write(session, note);
    this.requestUpdate();
  }

  async #say(session: string, text: string): Promise<void> {
    const sent = await this.controller.say(session, text);
    this.chatFailure = sent ? "" : say("chat.failed");
    if (sent) {
      this.call?.sent();
    }
  }

  #toggleChat(): void {
    this.chatOpen = !this.chatOpen;
    if (this.chatOpen) {
      void this.updateComplete.then(async () => {
        await this.call?.updateComplete;
        this.call?.focusChat();
      });
    }
  }

  #shown(session: string, { sid, width, height }: ShownDetail): void {
    this.controller.calls.room(session)?.show(sid, { enabled: true, width, height });
  }

  readonly #choseDevice = async (event: CustomEvent<ChosenDetail>) => {
    const { kind, id } = event.detail;
    await this.devices.choose(kind, id);
    if (kind === "speaker") {
      await this.#try(this.output.useSpeaker(id));
    }
  };

  readonly #activityChosen = (event: CustomEvent<string>) => {
    this.#crier.unlock();
    void this.controller.chooseActivity(event.detail);
  };

  #come(activity: string): void {
    this.#crier.unlock();
    void this.controller.chooseActivity(activity);
  }

  readonly #notify = async () => {
    await this.#crier.notifier.ask();
    this.requestUpdate();
  };

  #turnRing(): void {
    const { ringer } = this.#crier;
    ringer.turn(!ringer.on);
    this.requestUpdate();
  }

  readonly #turnShortcuts = () => {
    setShortcuts(this.memory, !shortcutsOn(this.memory));
    this.requestUpdate();
  };

  #open(dialog: Dialog | null): void {
    this.dialog = dialog;
    if (dialog === "settings") {
      void this.devices.refresh();
    }
  }

  async #try(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#crier.failed(error);
    }
  }

  // --- signing in and out

  readonly #entered = (event: CustomEvent<SignedIn>) => {
    const again = this.changing;
    this.who = event.detail;
    this.reason = "";
    this.changing = false;
    if (again) {
      this.#crier.tell("check", say("signin.changed"));
    } else {
      this.controller.begin();
    }
  };

  readonly #own = async (event: CustomEvent<string>) => {
    switch (event.detail) {
      case "settings":
      case "shortcuts":
        this.#open(event.detail);
        return;
      case "password":
        this.changing = true;
        return;
      case "out":
        await this.#signOut();
        return;
      default:
        await chooseLook(event.detail);
        this.requestUpdate();
    }
  };

  async #signOut(): Promise<void> {
    try {
      await this.api.signOut();
    } catch (error) {
      this.#crier.failed(error);
      return;
    }
    this.controller.close();
    this.#out(say("signin.left"));
  }

  #out(reason: string): void {
    this.who = null;
    this.changing = false;
    this.dialog = null;
    this.reason = reason;
    this.#crier.quiet();
  }

  // --- what changed

  #changed(): void {
    const { controller } = this;
    const { offers, front, standing, desk } = controller;
    this.requestUpdate();
    if (front && this.chatOpen && front.mine !== "wrapping") {
      this.#readingOf(front.session).seen(controller.calls.room(front.session)?.state?.chat ?? []);
    }
    if (this.dialog === "transfer" && !(desk && frontOf(desk, front?.session ?? null)?.call)) {
      this.dialog = null;
    }
    this.toggleAttribute("calling", front !== null && front.mine !== "wrapping");
    this.report("named");
    this.#crier.ring(standing === "in" ? offers : []);
  }

  #isRead(session: string): boolean {
    return this.chatOpen && this.controller.front?.session === session;
  }

  #unread(contact: ContactView): number {
    const { session, call } = contact;
    const lines = this.controller.calls.room(session)?.state?.chat ?? [];
    return this.chatOpen ? 0 : this.#readingOf(session).unread(lines, call?.identity);
  }

  #readingOf(session: string): Reading {
    return this.#kept(this.#reading, session, () => new Reading());
  }

  #kept<Value>(map: Map<string, Value>, session: string, make: () => Value): Value {
    const value = map.get(session) ?? make();
    map.set(session, value);
    return value;
  }
}
