// The element of /r/<room>: draws what the controller says and hands on what was pressed.
import { html, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { CaptureKind, Processing } from "../../client/devices.js";
import { grade } from "../../client/stats.js";
import type { Call, Panel } from "../../components/call/call.js";
import type { CallAction } from "../../components/call-bar/call-bar.js";
import "../../components/call/call.js";
import "../../components/confirm/confirm.js";
import type { ChosenDetail } from "../../components/devices/devices.js";
import "../../components/dialogs/connection.js";
import "../../components/dialogs/settings.js";
import "../../components/dialogs/shortcuts.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import type { ModerateDetail } from "../../components/people-panel/people-panel.js";
import "../../components/outcome/outcome.js";
import "../../components/preview/preview.js";
import { Order } from "../../components/stage/order.js";
import type { ShownDetail } from "../../components/tile/tile.js";
import "../../components/toasts/toasts.js";
import type { Memory } from "../../memory.js";
import type { Fact } from "../../protocol.js";
import { say } from "../../words.js";
import { chooseLook, looks } from "../looks.js";
import { Awake } from "./awake.js";
import type { RoomController } from "./controller.js";
import { ending, refusal } from "./failures.js";
import { Herald, type Regions } from "./herald.js";
import { callModel, devicesModel, endsIn, previewModel } from "./models.js";
import { Moderating } from "./moderating.js";
import styles from "./page.css?inline";
import { Reading } from "./reading.js";
import { setShortcuts, shortcutOf, shortcutsOn } from "./shortcuts.js";

type Dialog = "settings" | "shortcuts" | "connection";

@customElement("oh-room-page")
export class RoomPage extends OffhookElement {
  static override styles = sheets(styles);

  controller!: RoomController;
  memory!: Memory;
  regions!: Regions;

  @state() private panel: Panel = null;
  @state() private dialog: Dialog | null = null;
  @state() private chatFailure = "";
  @state() private level = 0;
  @query("oh-call") private readonly call!: Call | null;

  readonly #awake = new Awake();
  readonly #reading = new Reading();
  #seesOthers = false;
  #opener: HTMLElement | null = null;
  #order = new Order();
  #herald!: Herald;
  readonly #moderating = new Moderating({
    room: () => this.controller.room,
    changed: () => this.requestUpdate(),
    done: (words) => this.#herald.tell("check", words),
    failed: (error) => this.#herald.failed(error),
  });

  override connectedCallback(): void {
    super.connectedCallback();
    const { controller } = this;
    this.#herald = new Herald(this.regions, this.memory, {
      me: () => controller.room?.me ?? "",
      chatIsOpen: () => this.panel === "chat",
      changed: () => this.requestUpdate(),
    });
    controller.on("changed", () => this.#changed());
    controller.on("level", (level) => {
      this.level = level;
    });
    controller.on("fact", (fact) => this.#happened(fact));
    controller.on("reconnecting", (lost) => this.#herald.cutOff(lost));
    controller.on("silenced", ({ kind, by }) => this.#herald.silenced(kind, by));
    controller.on("permitted", ({ before, after }) => {
      this.#herald.permitted(before, after);
      void this.#moderating.look();
    });
    controller.on("bans", (bans) => this.#moderating.learn(bans));
    controller.on("ending", (seconds) => this.#herald.tell("clock", endsIn(seconds)));
    controller.on("failed", (error) => this.#herald.failed(error));
    document.addEventListener("keydown", this.#onKey);
    void controller.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
    this.#herald.close();
  }

  override render(): TemplateResult {
    return html`${this.#stage()} ${this.#dialogs()}
      <oh-toasts .toasts=${this.#herald.toasts}></oh-toasts>`;
  }

  #stage(): TemplateResult {
    const { stage } = this.controller;
    switch (stage.kind) {
      case "knocking":
        return html`<main class="knocking" aria-busy="true"><p class="muted">${say("knocking")}</p></main>`;
      case "refused":
        return this.#outcome(refusal(stage.error), () => this.controller.begin());
      case "ended":
        return this.#outcome(ending(stage.left), () => this.#rejoin());
      case "preview":
        return this.#preview();
      case "call":
        return this.#inCall();
    }
  }

  #outcome(model: ReturnType<typeof ending>, act: () => unknown): TemplateResult {
    return html`<oh-outcome .model=${model} @act=${act}>${this.#looks()}</oh-outcome>`;
  }

  #preview(): TemplateResult {
    const { controller } = this;
    return html`<oh-preview
      .model=${previewModel(controller)}
      .level=${this.level}
      @name=${(event: CustomEvent<string>) => controller.rename(event.detail)}
      @toggle=${(event: CustomEvent<CaptureKind>) => controller.toggle(event.detail)}
      @retry=${(event: CustomEvent<CaptureKind | "both">) => this.#retry(event.detail)}
      @choose-device=${this.#choseDevice}
      @process=${this.#process}
      @test-speaker=${this.#testSpeaker}
      @near=${() => controller.room?.prepare()}
      @join=${(event: CustomEvent<string>) => this.#join(event.detail)}
      >${this.#looks()}</oh-preview
    >`;
  }

  #inCall(): TemplateResult {
    const { panel, chatFailure } = this;
    const { banned } = this.#moderating;
    const shortcuts = shortcutsOn(this.memory);
    const ui = { panel, chatFailure, unread: this.#unread(), shortcuts, banned };
    return html`<oh-call
      .model=${callModel(this.controller, ui, this.#order)}
      @act=${(event: CustomEvent<CallAction>) => this.#act(event.detail)}
      @people=${(event: CustomEvent<boolean>) => this.#open("people", event.detail)}
      @close-panel=${() => this.#open(null, true)}
      @say=${(event: CustomEvent<string>) => this.#sayToAll(event.detail)}
      @copy-link=${() => this.#copyLink()}
      @moderate=${(event: CustomEvent<ModerateDetail>) => this.#moderating.person(event.detail)}
      @mute-all=${() => this.#moderating.everybody("mute-all")}
      @connection=${() => this.#show("connection")}
      @notice=${(event: CustomEvent<string>) => this.#choose(event.detail)}
      @choose=${(event: CustomEvent<string>) => this.#choose(event.detail)}
      @shown=${(event: CustomEvent<ShownDetail>) => this.#shown(event.detail)}
      @in-sight=${(event: CustomEvent<string[]>) => this.#inSight(event.detail)}
      @first-frame=${(event: CustomEvent<{ mine: boolean }>) => this.#firstFrame(event.detail.mine)}
    ></oh-call>`;
  }

  #dialogs(): TemplateResult {
    const { dialog, controller } = this;
    const close = () => this.#show(null);
    return html`<oh-settings ?open=${dialog === "settings"} .devices=${devicesModel(controller)}
        ?sounds=${this.#herald.sounds.on} @toggle-sounds=${this.#toggleSounds} @close=${close} @choose-device=${this.#choseDevice} @process=${this.#process}
        @test-speaker=${this.#testSpeaker}></oh-settings>
      <oh-confirm ?open=${this.#moderating.pending !== null} .question=${this.#moderating.pending}
        @confirm=${() => this.#moderating.confirm()} @close=${() => this.#moderating.cancel()}></oh-confirm>
      <oh-shortcuts ?open=${dialog === "shortcuts"} ?enabled=${shortcutsOn(this.memory)}
        @close=${close} @toggle-shortcuts=${this.#toggleShortcuts}></oh-shortcuts>
      <oh-connection ?open=${dialog === "connection"} .figures=${controller.figures}
        .grade=${this.#grade()} @close=${close}></oh-connection>`;
  }

  #looks(): TemplateResult {
    return html`<oh-menu slot="top" icon="globe" .name=${say("menu.looks")} .items=${looks()}
      @choose=${(event: CustomEvent<string>) => this.#choose(event.detail)}></oh-menu>`;
  }

  #join(name: string): void {
    performance.mark("offhook:join-click");
    this.#begins();
    void this.controller.join(name);
  }

  #rejoin(): void {
    performance.mark("offhook:join-click");
    this.#begins();
    void this.controller.rejoin();
  }

  #begins(): void {
    this.#seesOthers = false;
    this.#order = new Order();
    this.panel = null;
    this.chatFailure = "";
    this.#moderating.begins();
    this.#herald.begins();
  }

  #act(action: CallAction): void {
    const { controller } = this;
    const acts: Record<CallAction, () => unknown> = {
      microphone: () => controller.toggle("microphone"),
      camera: () => controller.toggle("camera"),
      share: () => controller.toggleShare(),
      chat: () => this.#open(this.panel === "chat" ? null : "chat", false),
      more: () => undefined,
      leave: () => controller.leave(),
    };
    acts[action]();
  }

  #choose(id: string): void {
    const acts: Record<string, () => unknown> = {
      settings: () => this.#show("settings"),
      connection: () => this.#show("connection"),
      shortcuts: () => this.#show("shortcuts"),
      people: () => this.#open("people", true),
      lock: () => this.#moderating.everybody("lock"),
      "mute-all": () => this.#moderating.everybody("mute-all"),
      end: () => this.#moderating.everybody("end"),
      "copy-link": () => this.#copyLink(),
      retry: () => this.controller.room?.retryNow(),
      sound: () => this.controller.output.unlock(),
      "devices:microphone": () => this.controller.retry("microphone"),
      "devices:camera": () => this.controller.retry("camera"),
    };
    (acts[id] ?? (() => chooseLook(id).then(() => this.requestUpdate())))();
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const key = shortcutsOn(this.memory) && this.dialog === null ? shortcutOf(event) : null;
    if (!key || this.controller.stage.kind !== "call") {
      return;
    }
    event.preventDefault();
    if (key === "help") {
      this.#show("shortcuts");
    } else if (key === "people" || key === "chat") {
      this.#open(this.panel === key ? null : key, true);
    } else {
      this.#act(key);
    }
  };

  #open(panel: Panel, byKeyboard: boolean): void {
    if (panel && byKeyboard && !this.panel) {
      this.#opener = focused();
    }
    this.panel = panel === this.panel ? null : panel;
    if (this.panel === "people") {
      void this.#moderating.look();
    }
    this.#markRead();
    if (byKeyboard) {
      void this.updateComplete.then(() =>
        this.panel ? this.call?.enterPanel() : this.#opener?.focus(),
      );
    }
  }

  #show(dialog: Dialog | null): void {
    this.dialog = dialog;
  }

  #retry(kind: CaptureKind | "both"): void {
    const kinds: CaptureKind[] = kind === "both" ? ["microphone", "camera"] : [kind];
    void this.controller.retry(...kinds);
  }

  readonly #choseDevice = ({ detail: { kind, id } }: CustomEvent<ChosenDetail>) => {
    const { controller } = this;
    void (kind === "speaker" ? controller.useSpeaker(id) : controller.devices.choose(kind, id));
  };

  readonly #process = (event: CustomEvent<Partial<Processing>>) => {
    void this.controller.devices.process(event.detail);
  };

  readonly #testSpeaker = () => {
    void this.#herald.sounds.test(this.controller.devices.chosen("speaker"));
  };

  readonly #toggleShortcuts = () => {
    setShortcuts(this.memory, !shortcutsOn(this.memory));
    this.requestUpdate();
  };

  readonly #toggleSounds = () => {
    const { sounds } = this.#herald;
    sounds.turn(!sounds.on);
    this.requestUpdate();
  };

  async #sayToAll(text: string): Promise<void> {
    const sent = await this.controller.say(text);
    this.chatFailure = sent ? "" : say("chat.failed");
    if (sent) {
      this.call?.sent();
    }
  }

  async #copyLink(): Promise<void> {
    const link = `${location.origin}${location.pathname}`;
    try {
      await navigator.clipboard.writeText(link);
      this.#herald.link(true, link);
    } catch {
      this.#herald.link(false, link);
    }
  }

  #shown({ sid, width, height }: ShownDetail): void {
    this.controller.room?.show(sid, { enabled: true, width, height });
  }

  #inSight(sids: readonly string[]): void {
    const { room } = this.controller;
    for (const { sid, track } of room?.subscriber.tracks.values() ?? []) {
      if (track.kind === "video" && !sids.includes(sid)) {
        room?.show(sid, { enabled: false, width: 0, height: 0 });
      }
    }
  }

  #firstFrame(mine: boolean): void {
    if (!mine && !this.#seesOthers) {
      this.#seesOthers = true;
      performance.mark("offhook:first-frame");
    }
  }

  #changed(): void {
    const { room, stage } = this.controller;
    if (room?.state) {
      this.#herald.learn(room.state);
    }
    this.#awake.hold(stage.kind === "call");
    if (stage.kind === "ended") {
      this.#herald.ended(ending(stage.left).title);
    }
    if (stage.kind !== "call") {
      this.#reading.seen(room?.state?.chat ?? []);
    }
    this.requestUpdate();
  }

  #happened(fact: Fact): void {
    this.#herald.happened(fact, this.controller.room?.state?.participants.size ?? 0);
    this.#markRead();
  }

  #markRead(): void {
    if (this.panel === "chat") {
      this.#reading.seen(this.controller.room?.state?.chat ?? []);
    }
  }

  #unread(): number {
    const { room, admission } = this.controller;
    return this.#reading.unread(room?.state?.chat ?? [], admission?.identity);
  }

  #grade(): string {
    const { figures, room } = this.controller;
    if (room?.phase === "reconnecting") {
      return "lost";
    }
    return figures ? grade(figures) : "";
  }
}

function focused(): HTMLElement | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) {
    element = element.shadowRoot.activeElement;
  }
  return element instanceof HTMLElement ? element : null;
}
