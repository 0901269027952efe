// The element of /desk: who is signed in, and the desk as the controller says it is.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { AudioOutput } from "../../client/audio.js";
import type { Devices } from "../../client/devices.js";
import "../../components/desk-side/desk-side.js";
import "../../components/customer/customer.js";
import type { DeskAction } from "../../components/desk-bar/desk-bar.js";
import "../../components/desk-call/desk-call.js";
import type { DeskCall } from "../../components/desk-call/desk-call.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/letter/letter.js";
import "../../components/offer/offer.js";
import type { Disclosure } from "../../components/secret/secret.js";
import type { ShownDetail } from "../../components/tile/tile.js";
import "../../components/toasts/toasts.js";
import "../../components/wrap-up/wrap-up.js";
import { Rest } from "../../client/rest.js";
import type { NoteDetail, WrapUp } from "../../components/wrap-up/wrap-up.js";
import type { ContactView, Desk } from "../../desk-protocol.js";
import type { Memory } from "../../memory.js";
import type { SignedIn } from "../../rest.js";
import { say } from "../../words.js";
import { Api } from "../admin/api.js";
import "../gate/gate.js";
import { chooseLook } from "../looks.js";
import type { Regions } from "../room/herald.js";
import { setShortcuts, shortcutsOn } from "../room/shortcuts.js";
import { Acting, type Dialog } from "./acting.js";
import { idle, missing, reconnecting, silent } from "./alone.js";
import { ContactsApi } from "./contacts/api.js";
import { type Beside, besideCustomer, contactsPlace } from "./contacts/place.js";
import type { DeskController } from "./controller.js";
import { Crier } from "./crier.js";
import { customerOf, offeredCustomer } from "./customers.js";
import { dialogs } from "./dialogs.js";
import { isLetter, letterModel } from "./letters.js";
import { callModel, wrapUpModel } from "./models.js";
import styles from "./page.css?inline";
import { Kept } from "./read.js";
import { shortcutOf } from "./shortcuts.js";
import { whenOf } from "./times.js";
import { topBar } from "./top.js";
import { colleagueRows, frontOf, nameOf, offerModels, queueRows, sessionRows } from "./view.js";

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
  contacts = new ContactsApi(new Rest());

  @state() private who: SignedIn | null = null;
  @state() private changing = false;
  @state() private reason = "";
  @state() private dialog: Dialog | null = null;
  /** The session of which the dialog says why it came. */
  @state() private explained = "";
  /** Whom of the contacts is looked at, empty for the list of all; null while none is. */
  @state() private looked: string | null = null;
  @state() private chatOpen = true;
  @state() private chatFailure = "";
  @state() private link: Disclosure | null = null;
  @query("oh-desk-call") private readonly call!: DeskCall | null;
  @query("oh-wrap-up") private readonly wrapUp!: WrapUp | null;

  #crier!: Crier;
  #acting!: Acting;
  readonly #kept = new Kept();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#crier = new Crier(this.regions, this.memory, () => this.#changed());
    this.#acting = new Acting({
      controller: this.controller,
      devices: this.devices,
      output: this.output,
      open: (dialog) => this.#open(dialog),
      copyLink: (contact) => void this.#copyLink(contact),
      toggleChat: () => this.#toggleChat(),
      accept: (reservation) => this.#accept(reservation),
      finish: (contact) => void this.#finish(contact),
      failed: (error) => this.#crier.failed(error),
    });
    this.#listen();
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

  #listen(): void {
    const { controller } = this;
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
    const { controller, who } = this;
    const place = { looked: this.looked !== null, go: this.#go };
    return html`${topBar({ controller, who, place, activity: this.#choose, own: this.#own })}
      ${this.#content()} ${this.#dialogs()}
      <oh-toasts .toasts=${this.#crier.toasts}></oh-toasts>`;
  }

  #content(): TemplateResult {
    const { controller, who } = this;
    if (!who || this.changing) {
      return html`<oh-gate .api=${this.api} .reason=${this.reason} .changing=${this.changing ? who : null}
        @entered=${this.#entered}></oh-gate>`;
    }
    const { desk, entered, standing } = controller;
    if (!desk && this.looked !== null) {
      return html`<div class="desk" data-contacts data-alone>
        <main>${contactsPlace(this.looked, this.#beside(), null)}</main>
      </div>`;
    }
    if (standing === "elsewhere" || standing === "refused") {
      return missing(standing, () => controller.begin());
    }
    if (desk) {
      return this.#work(desk);
    }
    return entered
      ? missing("none", () => undefined)
      : html`<main class="alone" aria-busy=${standing === "connecting"}></main>`;
  }

  #work(desk: Desk): TemplateResult {
    const { controller } = this;
    const { front, clock, standing } = controller;
    const cutOff = standing === "reconnecting";
    const mute = this.#crier.blocked && !front;
    return html`${cutOff ? reconnecting(() => controller.retryNow()) : nothing}
      <div class="desk" ?data-contacts=${this.looked !== null}>
        <oh-desk-side class="side" .sessions=${sessionRows(desk, front?.session ?? null, clock)}
          .queues=${queueRows(desk)} .colleagues=${colleagueRows(desk)}
          @front=${(event: CustomEvent<string>) => this.#front(event.detail)}></oh-desk-side>
        <main class=${front || this.looked !== null ? "" : "centre"}>
          ${mute ? silent(this.#unlock) : nothing} ${this.#offers(desk)}
          ${this.looked === null ? (front ? this.#contact(front) : this.#idle(desk)) : contactsPlace(this.looked, this.#beside(), front)}
        </main>
        ${this.looked === null ? this.#customer() : nothing}
      </div>`;
  }

  #beside(): Beside {
    return {
      api: this.contacts,
      permissions: this.who?.permissions ?? [],
      go: this.#go,
      told: (words) => this.#crier.tell("check", words),
    };
  }

  #offers(desk: Desk): TemplateResult[] {
    const { controller } = this;
    const { clock, front, offers } = controller;
    const accepting = offers.find(({ reservation }) => controller.busy("accept", reservation));
    const models = offerModels(
      { ...desk, offers: [...offers] },
      {
        clock,
        first: (reservation) => controller.firstSeen(reservation),
        accepting: accepting?.reservation ?? null,
        shortcuts: shortcutsOn(this.memory),
      },
    );
    return models.map(
      (model, place) => html`<oh-offer ?small=${front !== null || place > 0} .model=${model}
        @accept=${(event: CustomEvent<string>) => this.#accept(event.detail)}
        @reject=${(event: CustomEvent<string>) => controller.reject(event.detail)}
        @explain=${(event: CustomEvent<string>) => this.#explain(event.detail)}></oh-offer>`,
    );
  }

  #contact(contact: ContactView): TemplateResult {
    const { controller } = this;
    const { session } = contact;
    if (contact.mine === "wrapping") {
      const shortcuts = shortcutsOn(this.memory);
      return html`<div class="wrap"><oh-wrap-up .model=${wrapUpModel(controller, contact, shortcuts)}
        @note=${(event: CustomEvent<NoteDetail>) => this.#note(session, event.detail)}
        @more-time=${() => controller.moreTime(session)}
        @next=${(event: CustomEvent<string>) => controller.chooseActivity(event.detail)}
        @finish=${() => this.#finish(contact)}></oh-wrap-up></div>`;
    }
    if (isLetter(contact)) {
      return html`<div class="wrap"><oh-letter .model=${letterModel(controller, contact)}
        @done=${() => controller.hangUp(session)}></oh-letter></div>`;
    }
    return this.#talk(contact);
  }

  #talk(contact: ContactView): TemplateResult {
    const { controller, devices } = this;
    const { session } = contact;
    const ui = {
      chatOpen: this.chatOpen,
      chatFailure: this.chatFailure,
      unread: this.#unread(contact),
      shortcuts: shortcutsOn(this.memory),
      soundBlocked: this.output.blocked,
    };
    const order = this.#kept.order(session);
    const acting = this.#acting;
    return html`<oh-desk-call .model=${callModel(controller, { devices, contact, ui, order })}
      @act=${(event: CustomEvent<DeskAction>) => acting.act(event.detail, contact)}
      @choose=${(event: CustomEvent<string>) => acting.choose(event.detail, contact)}
      @notice=${(event: CustomEvent<string>) => acting.choose(event.detail, contact)}
      @say=${(event: CustomEvent<string>) => this.#say(session, event.detail)}
      @shown=${(event: CustomEvent<ShownDetail>) => this.#shown(session, event.detail)}></oh-desk-call>`;
  }

  #idle(desk: Desk): TemplateResult | typeof nothing {
    const { entered, offers } = this.controller;
    const { ringer, notifier } = this.#crier;
    return offers.length > 0
      ? nothing
      : idle(desk, entered?.activities ?? [], {
          come: this.#choose,
          testRing: () => ringer.test(),
          notify: notifier.mayAsk ? this.#notify : null,
        });
  }

  #customer(): TemplateResult {
    const { front, offers, drafts } = this.controller;
    const offer = offers[0];
    const notes = front?.mine === "agent" ? (drafts.of(front.session).notes ?? front.notes) : null;
    const model = front
      ? customerOf(front, notes, Date.now())
      : offer && offeredCustomer(offer, Date.now());
    return model
      ? html`<aside aria-label=${say("desk.customer")}>
          <oh-customer .model=${model} @explain=${() => this.#explain(model.session)}
            @note=${(event: CustomEvent<string>) => this.#note(model.session, { notes: event.detail })}></oh-customer>
          ${besideCustomer(front ?? offer, front?.session ?? "", this.#beside())}
        </aside>`
      : html`<aside class="empty" aria-label=${say("desk.customer")}><p class="small faint">${say("desk.customer.none")}</p></aside>`;
  }

  #dialogs(): TemplateResult {
    const { controller, devices, dialog, explained, memory, output } = this;
    return dialogs({
      controller,
      devices,
      output,
      crier: this.#crier,
      dialog,
      explained,
      shortcuts: shortcutsOn(memory),
      changed: () => this.requestUpdate(),
      notify: this.#notify,
      turnShortcuts: this.#turnShortcuts,
      link: this.link,
      close: () => {
        this.link = null;
        this.#open(null);
      },
    });
  }

  // --- what was pressed

  /** With the first touch of the page it may ring. */
  readonly #unlock = () => {
    this.#crier.unlock();
    this.requestUpdate();
  };

  /** Where the browser gives no clipboard, the link is shown. */
  async #copyLink({ session, customer }: ContactView): Promise<void> {
    const made = await this.controller.callbackLink(session);
    if (!made) {
      return;
    }
    const { href } = new URL(made.url, location.origin);
    const time = whenOf(made.expires_at, Date.now());
    try {
      await navigator.clipboard.writeText(href);
      this.#crier.tell("check", say("desk.callback.copied", { time }));
    } catch {
      const title = say("desk.callback.link", { name: nameOf(customer) });
      const values = [{ label: say("desk.callback.copy"), value: href }];
      this.link = { title, words: say("desk.callback.link.what", { time }), values };
    }
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const shortcut = shortcutsOn(this.memory) ? shortcutOf(event) : null;
    if (shortcut && this.controller.desk && this.#acting.follow(shortcut)) {
      event.preventDefault();
    }
  };

  readonly #choose = (activity: string) => {
    this.#crier.unlock();
    void this.controller.chooseActivity(activity);
  };

  readonly #notify = async () => {
    await this.#crier.notifier.ask();
    this.requestUpdate();
  };

  readonly #turnShortcuts = () => {
    setShortcuts(this.memory, !shortcutsOn(this.memory));
    this.requestUpdate();
  };

  /** To the contacts, or to one of them, or with null back to the line. */
  readonly #go = (looked: string | null) => {
    this.looked = looked;
  };

  #front(session: string): void {
    this.looked = null;
    this.controller.choose(session);
  }

  #accept(reservation: string): void {
    this.looked = null;
    this.output.unlock();
    this.#crier.unlock();
    void this.controller.accept(reservation);
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

  #explain(session: string): void {
    this.explained = session;
    this.#open("explain");
  }

  #open(dialog: Dialog | null): void {
    this.dialog = dialog;
    if (dialog === "settings") {
      void this.devices.refresh();
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

  readonly #own = async (chosen: string) => {
    switch (chosen) {
      case "settings":
      case "shortcuts":
        this.#open(chosen);
        return;
      case "password":
        this.changing = true;
        return;
      case "out":
        await this.#signOut();
        return;
      default:
        await chooseLook(chosen);
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
    this.looked = null;
    this.reason = reason;
    this.#crier.quiet();
  }

  // --- what changed

  #changed(): void {
    const { controller } = this;
    const { offers, front, standing, desk } = controller;
    this.requestUpdate();
    if (front && this.chatOpen && front.mine !== "wrapping") {
      this.#kept.seen(front.session, controller.calls.room(front.session)?.state?.chat ?? []);
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

  #unread({ session, call }: ContactView): number {
    const lines = this.controller.calls.room(session)?.state?.chat ?? [];
    return this.chatOpen ? 0 : this.#kept.unread(session, lines, call?.identity);
  }
}
