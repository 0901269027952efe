// The element of /visit/<site key>: joins the controller, the panel, the music and the page around.
import { html, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../components/element.js";
import { Order } from "../../components/stage/order.js";
import type { ShownDetail } from "../../components/tile/tile.js";
import type { VisitAct } from "../../components/visit/act.js";
import type { PanelModel, VisitPanel } from "../../components/visit/panel.js";
import "../../components/visit/panel.js";
import type { Processing } from "../../client/devices.js";
import type { ChosenDetail } from "../../components/devices/devices.js";
import type { Visit } from "../../visit-protocol.js";
import { chooseLanguage, locale, say } from "../../words.js";
import { Awake } from "../room/awake.js";
import { wordsFor } from "../room/failures.js";
import { Reading } from "../room/reading.js";
import type { Sounds } from "../room/sounds.js";
import { Announcer } from "./announcing.js";
import type { VisitController } from "./controller.js";
import { frontOf, wear } from "./front.js";
import type { HostPage } from "./host.js";
import type { HoldMusic } from "./music.js";
import styles from "./page.css?inline";
import type { Ring } from "./ring.js";
import { devicesOf, talkOf } from "./talk.js";
import { lineOf, type View, viewOf } from "./view.js";

/** The live regions of the document. */
export interface Regions {
  readonly status: HTMLElement;
  readonly alert: HTMLElement;
}

@customElement("oh-visit")
export class VisitPage extends OffhookElement {
  static override styles = sheets(styles);

  controller!: VisitController;
  host!: HostPage;
  music!: HoldMusic;
  ring!: Ring;
  sounds!: Sounds;
  regions!: Regions;

  @state() private level = 0;
  @query("oh-visit-panel") private readonly panel!: VisitPanel | null;
  #folded = true;
  #since = 0;
  #chatFailure = "";
  #failure = "";
  #talked: Visit | null = null;
  readonly #order = new Order();
  readonly #reading = new Reading();
  readonly #announcer = new Announcer();
  readonly #awake = new Awake();

  override connectedCallback(): void {
    super.connectedCallback();
    const { controller } = this;
    controller.on("changed", () => this.#changed());
    controller.on("visit", (visit) => this.#visited(visit));
    controller.on("lost", (lost) => this.#cutOff(lost));
    controller.call.on("level", (level) => {
      this.level = level;
    });
    controller.call.on("failed", (error) => this.#failed(error));
    this.addEventListener("visit-act", (event) => {
      void this.#act((event as CustomEvent<VisitAct>).detail);
    });
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The panel is folded away, or not. */
  folded(folded: boolean): void {
    this.#folded = folded;
    this.#changed();
  }

  override render(): TemplateResult {
    return html`<oh-visit-panel
      ?data-alone=${!this.host.embedded}
      .model=${this.#model()}
      .level=${this.level}
      @size=${(event: CustomEvent<number>) => this.host.tell({ type: "size", height: event.detail })}
      @say=${(event: CustomEvent<string>) => void this.#say(event.detail)}
      @shown=${(event: CustomEvent<ShownDetail>) => this.#shown(event.detail)}
      @choose-device=${(event: CustomEvent<ChosenDetail>) => void this.#choose(event.detail)}
      @process=${(event: CustomEvent<Partial<Processing>>) =>
        void this.controller.call.devices.process(event.detail)}
      @test-speaker=${() => void this.sounds.test(this.controller.call.devices.chosen("speaker"))}
    ></oh-visit-panel>`;
  }

  #model(): PanelModel {
    const { controller, music } = this;
    const { site, visit } = controller.state;
    const ui = { since: this.#since, chatFailure: this.#chatFailure, failure: this.#failure };
    const talks = visit?.state === "live" || visit?.state === "connecting";
    return {
      view: this.#view(),
      talk: talks ? talkOf(visit, controller.call, this.#order, ui) : null,
      music: { on: music.on, volume: music.volume },
      devices: devicesOf(controller.call),
      camera: controller.call.devices.camera.track,
      languages: site?.languages ?? [],
      site: site?.name ?? "",
      folds: this.host.embedded,
    };
  }

  #view(): View {
    const { controller, music } = this;
    const { devices, output } = controller.call;
    return viewOf(controller.state, {
      now: new Date(),
      locale: locale(),
      microphone: devices.microphone,
      camera: devices.camera,
      canCall: "RTCPeerConnection" in globalThis,
      soundBlocked: output.blocked || music.blocked,
      origin: location.origin,
    });
  }

  #changed(): void {
    const { controller } = this;
    const { visit, site, elsewhere } = controller.state;
    const waits = visit?.state === "queued" || visit?.state === "offering";
    this.music.want(Boolean(waits && visit?.music && !elsewhere));
    this.ring.want(Boolean(visit?.state === "callback" && visit.ringing && !elsewhere));
    this.#awake.hold(visit?.state === "live");
    if (site) {
      wear({ accent: site.theme.accent, ink: site.theme.ink ?? frontOf().ink }, this);
    }
    this.#tellHost();
    this.requestUpdate();
  }

  #tellHost(): void {
    const { controller } = this;
    const { visit } = controller.state;
    const chat = controller.call.room?.state?.chat ?? [];
    if (!this.#folded) {
      this.#reading.seen(chat);
    }
    const live = visit?.state === "live";
    this.host.tell({
      type: "line",
      line: lineOf(controller.state),
      seconds: live ? Math.max(0, Math.round((Date.now() - this.#since) / 1000)) : null,
      unread: live ? this.#reading.unread(chat, visit?.call?.identity) : 0,
    });
  }

  #visited(visit: Visit): void {
    const { site } = this.controller.state;
    const before = this.#talked;
    this.#talked = visit;
    if (visit.state === "live" && (before?.state !== "live" || visit.seconds !== null)) {
      this.#since = Date.now() - (visit.seconds ?? 0) * 1000;
    }
    if (visit.state === "connecting" && before?.state !== "connecting") {
      this.sounds.play("back");
    }
    if (visit.ringing && !before?.ringing) {
      this.host.tell({ type: "show" });
    }
    const said = site && this.#announcer.hear(visit, site);
    if (said) {
      this.#status(said.status);
      this.regions.alert.textContent = said.alert ?? this.regions.alert.textContent;
    }
    this.#failure = "";
    this.#changed();
  }

  #cutOff(lost: boolean): void {
    this.#status(say(lost ? "visit.reconnecting" : "visit.back"));
    this.sounds.play(lost ? "lost" : "back");
  }

  #failed(error: unknown): void {
    this.#failure = wordsFor(error);
    this.requestUpdate();
  }

  #status(words: string | null): void {
    if (words) {
      this.regions.status.textContent = words;
    }
  }

  async #act(act: VisitAct): Promise<void> {
    const { controller, music } = this;
    this.sounds.unlock();
    switch (act.do) {
      case "fill":
        return controller.fill(act.answers, act.agreed);
      case "go":
        return controller.go(act.step);
      case "retry":
        return controller.call.devices.start(act.kind);
      case "video":
        return controller.withVideo(act.on);
      case "start":
        return controller.start();
      case "book":
        return controller.askCallback(act.at, act.email, act.answers);
      case "write":
        return controller.write(act.text, act.answers);
      case "cancel-callback":
        return controller.cancelCallback();
      case "answer":
        return controller.answer();
      case "hang-up":
        return controller.hangUp();
      case "rate":
        return controller.rate(act.stars, act.comment);
      case "again":
        return controller.again();
      case "reopen":
        return controller.reopen();
      case "music":
        return music.turn(act.on);
      case "music-volume":
        return music.setVolume(act.to);
      case "volume":
        controller.call.output.volume = act.to;
        return this.requestUpdate();
      case "sound":
        music.unlock();
        return controller.call.output.unlock();
      case "toggle":
        return controller.call.toggle(act.kind);
      case "share":
        return controller.call.toggleShare();
      case "copy":
        return this.#copy(act.link);
      case "language":
        await chooseLanguage(act.language);
        return controller.speak(act.language);
      case "fold":
        return this.host.tell({ type: "fold" });
    }
  }

  async #say(text: string): Promise<void> {
    const sent = await this.controller.call.say(text);
    this.#chatFailure = sent ? "" : say("chat.failed");
    if (sent) {
      this.panel?.talking?.sent();
      this.#failure = "";
    }
    this.requestUpdate();
  }

  async #copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      this.#status(say("visit.callback.copied"));
    } catch {
      this.#failure = link;
      this.requestUpdate();
    }
  }

  async #choose({ kind, id }: ChosenDetail): Promise<void> {
    const { call } = this.controller;
    await (kind === "speaker" ? call.useSpeaker(id) : call.devices.choose(kind, id));
  }

  #shown({ sid, width, height }: ShownDetail): void {
    this.controller.call.room?.show(sid, { enabled: true, width, height });
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.defaultPrevented) {
      this.host.tell({ type: "fold" });
    }
  }
}
