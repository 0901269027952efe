// The element of /supervisor: who is signed in, and the contact centre as it is now.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../../components/confirm/confirm.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/explain/explain.js";
import "../../components/menu/menu.js";
import type { MenuItem } from "../../components/menu/menu.js";
import { avatar } from "../../components/people.js";
import "../../components/priority/priority.js";
import "../../components/timer/timer.js";
import "../../components/toasts/toasts.js";
import type { Live, WaitingView } from "../../desk-protocol.js";
import { brand, icon, lineGlyph } from "../../icons.js";
import type { SignedIn } from "../../rest.js";
import { locale, say } from "../../words.js";
import { Api } from "../admin/api.js";
import { wordsFor } from "../desk/words.js";
import "../gate/gate.js";
import { chooseLook, looks } from "../looks.js";
import type { Regions } from "../room/herald.js";
import { ToastList } from "../room/toasts.js";
import type { LiveController } from "./controller.js";
import styles from "./page.css?inline";
import { SECTIONS, type Section, sectionOf } from "./route.js";
import {
  type AgentRow,
  aged,
  agentRows,
  decisionRows,
  figuresOf,
  onlyOf,
  type TalkRow,
  type TaskRow,
  talkRows,
  taskRows,
} from "./view.js";

type Asked = { readonly what: "explain" | "prioritise" | "cancel"; readonly task: string };

/** Reports `named` when another title is right. */
/** Milliseconds after which waits are counted anew. */
const BEAT = 1000;

@customElement("oh-supervisor-page")
export class SupervisorPage extends OffhookElement {
  static override styles = sheets(styles);

  controller!: LiveController;
  regions!: Regions;
  api = new Api();

  @state() private who: SignedIn | null = null;
  @state() private changing = false;
  @state() private reason = "";
  @state() private section: Section = "live";
  @state() private queue = "";
  @state() private asked: Asked | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  readonly #toasts = new ToastList(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    const { controller } = this;
    controller.on("changed", () => this.requestUpdate());
    controller.on("out", () => this.#out(say("signin.over")));
    controller.on("failed", (error) => this.#tell("alert", wordsFor(error)));
    addEventListener("hashchange", this.#follow);
    this.#follow();
    this.#beat = setInterval(() => this.requestUpdate(), BEAT);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
    clearInterval(this.#beat);
  }

  override render(): TemplateResult {
    return html`<header class="bar">
        ${brand()} ${this.who ? this.#nav() : nothing}<span class="grow"></span>
        ${this.who ? this.#fresh() : nothing}
        ${
          this.who
            ? html`<oh-menu icon="user" .name=${this.who.name || this.who.login} .items=${this.#account()} @choose=${this.#own}></oh-menu>`
            : html`<oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()} @choose=${this.#own}></oh-menu>`
        }
      </header>
      ${this.#content()} ${this.#dialogs()}
      <oh-toasts .toasts=${this.#toasts.toasts}></oh-toasts>`;
  }

  #nav(): TemplateResult {
    return html`<nav aria-label=${say("live.nav")}>
      ${SECTIONS.map(
        (
          section,
        ) => html`<a class="navi" href="#${section}" aria-current=${section === this.section ? "page" : nothing}
          >${icon("headset")}<span>${say(`${section}.heading`)}</span></a
        >`,
      )}
    </nav>`;
  }

  #fresh(): TemplateResult | typeof nothing {
    return this.controller.standing === "in"
      ? html`<span class="small muted cluster hide-s">${icon("check", "i-s")}${say("live.up_to_date")}</span>`
      : nothing;
  }

  #account(): MenuItem[] {
    return [
      { id: "password", words: say("signin.change") },
      { id: "out", words: say("signin.out"), ends: true },
      ...looks(),
    ];
  }

  #content(): TemplateResult {
    const { who, controller } = this;
    if (!who || this.changing) {
      return html`<oh-gate .api=${this.api} .reason=${this.reason} .changing=${this.changing ? who : null}
        @entered=${this.#entered}></oh-gate>`;
    }
    if (controller.standing === "refused") {
      return html`<main class="state alone">
        ${lineGlyph("ended", "state-mark")}
        <h1>${say("admin.nothing")}</h1>
        <p>${say("admin.nothing.what")}</p>
      </main>`;
    }
    return controller.live
      ? this.#live(controller.live)
      : html`<main class="alone" aria-busy="true"></main>`;
  }

  #live(whole: Live): TemplateResult {
    const { controller, queue } = this;
    const { activities, clock, received } = controller;
    const now = Date.now();
    const live = aged(onlyOf(whole, queue), Math.floor((now - received) / 1000));
    return html`<main>
      ${controller.standing === "reconnecting" ? this.#stale() : nothing}
      <div class="spread">
        <h1>${say("live.heading")}</h1>
        ${whole.queues.length > 1 ? this.#filter(whole) : nothing}
      </div>
      <dl class="figures card">
        ${figuresOf(live, activities).map(
          ({ name, value, beside, late }) => html`<div>
            <dt>${name}</dt>
            <dd><span class="value num" ?data-late=${late}>${value}</span><span class="tiny faint">${beside}</span></dd>
          </div>`,
        )}
      </dl>
      <div class="two">
        ${this.#tasks(taskRows(live, now))} ${this.#agents(agentRows(live, activities, clock), live)}
      </div>
      ${this.#talks(talkRows(live, clock))}
    </main>`;
  }

  #stale(): TemplateResult {
    const shown = new Intl.DateTimeFormat(locale(), { timeStyle: "medium" });
    const time = shown.format(this.controller.received);
    return html`<p class="notice" data-tone="wait">
      ${icon("spin", "turning")}<span class="grow">${say("live.reconnecting", { time })}</span>
      <button class="btn btn-s" type="button" @click=${() => this.controller.retryNow()}>${say("control.retry")}</button>
    </p>`;
  }

  #filter({ queues }: Live): TemplateResult {
    return html`<div class="filter">
      <label class="vh" for="queue">${say("desk.queue")}</label>
      <span class="select-wrap"
        ><select class="select" id="queue" @change=${(event: Event) => {
          this.queue = (event.target as HTMLSelectElement).value;
        }}>
          <option value="" .selected=${this.queue === ""}>${say("live.queues.all")}</option>
          ${queues.map(({ name }) => html`<option value=${name} .selected=${this.queue === name}>${name}</option>`)}</select
        >${icon("down")}</span
      >
    </div>`;
  }

  #tasks(rows: readonly TaskRow[]): TemplateResult {
    return html`<section class="card" aria-labelledby="tasks">
      <div class="spread head">
        <h2 id="tasks">${say("live.waiting")}</h2>
        <span class="label">${say("live.oldest")}</span>
      </div>
      ${rows.length > 0 ? this.#table(rows) : this.#none("live.tasks.none", "live.tasks.none.what")}
    </section>`;
  }

  #table(rows: readonly TaskRow[]): TemplateResult {
    return html`<table class="table">
      <thead>
        <tr>
          <th scope="col">${say("live.who")}</th>
          <th scope="col" class="c2">${say("live.why")}</th>
          <th scope="col" class="end">${say("live.age")}</th>
          <th scope="col"><span class="vh">${say("admin.actions")}</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          ({ task }) => task,
          (row) => this.#task(row),
        )}
      </tbody>
    </table>`;
  }

  #task({ task, name, small, why, since, late }: TaskRow): TemplateResult {
    return html`<tr>
      <td class="who">
        <div class="person">
          ${avatar(name, task, "av-s")}
          <div class="cut2">
            <div class="name"><bdi>${name}</bdi></div>
            <div class="tiny faint">${small}</div>
            <div class="tiny muted only-s">${why}</div>
          </div>
        </div>
      </td>
      <td class="c2 muted">${why}</td>
      <td class="end num"><oh-timer class=${late ? "late" : ""} .label=${""} .since=${since}></oh-timer></td>
      <td class="acts">
        <oh-menu data-task=${task} look="icon" .name=${say("live.actions", { name })} .items=${this.#taskMenu()}
          @choose=${(event: CustomEvent<Asked["what"]>) => {
            this.asked = { what: event.detail, task };
          }}></oh-menu>
      </td>
    </tr>`;
  }

  #taskMenu(): MenuItem[] {
    return [
      { id: "explain", icon: "info", words: say("live.explain") },
      { id: "prioritise", icon: "sliders", words: say("live.prioritise") },
      { id: "cancel", icon: "x", words: say("live.cancel"), danger: true },
    ];
  }

  #agents(rows: readonly AgentRow[], live: Live): TemplateResult {
    const there = live.agents.filter((agent) => agent.there).length;
    return html`<section class="card" aria-labelledby="agents">
      <div class="spread head">
        <h2 id="agents">${say("live.agents")}</h2>
        <span class="label num">${say("live.there", { count: there })}</span>
      </div>
      ${
        rows.length > 0
          ? html`<ul class="rows">${repeat(
              rows,
              ({ id }) => id,
              (row) => this.#agent(row),
            )}</ul>`
          : this.#none("live.agents.none", "live.agents.none.what")
      }
    </section>`;
  }

  #agent({ id, name, small, line, words, since, activity }: AgentRow): TemplateResult {
    const items = this.controller.activities.map((each) => ({
      id: each.id,
      words: each.name,
      checked: each.id === activity || each.name === activity,
    }));
    return html`<li class="row">
      ${avatar(name, id, "av-s")}
      <span class="grow lines"><span class="cut name"><bdi>${name}</bdi></span><span class="tiny faint cut">${small}</span></span>
      <span class="line" data-line=${line}
        >${lineGlyph(line)}<span>${words}</span>${since === null ? nothing : html`<oh-timer .label=${""} .since=${since}></oh-timer>`}</span
      >
      <oh-menu look="icon" icon="down" data-agent=${id} .name=${say("live.set_activity", { name })} .items=${items}
        @choose=${(event: CustomEvent<string>) => this.#setActivity(id, name, event.detail)}></oh-menu>
    </li>`;
  }

  #talks(rows: readonly TalkRow[]): TemplateResult {
    return html`<section class="card" aria-labelledby="talks">
      <div class="spread head"><h2 id="talks">${say("live.talks")}</h2></div>
      ${
        rows.length > 0
          ? html`<ul class="rows">${repeat(
              rows,
              ({ session }) => session,
              (row) => this.#talk(row),
            )}</ul>`
          : html`<p class="none small muted">${say("live.talks.none")}</p>`
      }
    </section>`;
  }

  #talk({ name, small, line, words, since, recording }: TalkRow): TemplateResult {
    return html`<li class="row">
      <span class="grow lines"><span class="cut name"><bdi>${name}</bdi></span><span class="tiny faint cut">${small}</span></span>
      ${recording ? html`<span class="rec hide-s">${say("live.recording")}</span>` : nothing}
      <span class="line" data-line=${line}>${lineGlyph(line)}<span>${words}</span><oh-timer .label=${""} .since=${since}></oh-timer></span>
    </li>`;
  }

  #none(
    title: "live.tasks.none" | "live.agents.none",
    what: "live.tasks.none.what" | "live.agents.none.what",
  ): TemplateResult {
    return html`<div class="state small-state">
      ${lineGlyph("flat", "state-mark")}
      <h3>${say(title)}</h3>
      <p class="small">${say(what)}</p>
    </div>`;
  }

  #dialogs(): TemplateResult {
    const { asked, controller } = this;
    const task = controller.live?.waiting.find((each) => each.task === asked?.task);
    const what = task ? asked?.what : undefined;
    const name = task?.customer || say("desk.somebody");
    const close = () => {
      this.asked = null;
    };
    return html`<oh-explain ?open=${what === "explain"} .name=${name}
        .decisions=${task ? decisionRows(task, controller.clock) : []} @close=${close}></oh-explain>
      <oh-priority ?open=${what === "prioritise"} .name=${name} .priority=${task?.priority ?? 0}
        @prioritise=${(event: CustomEvent<number>) => task && this.#prioritise(task, event.detail)} @close=${close}></oh-priority>
      <oh-confirm ?open=${what === "cancel"} .question=${{
        title: say("live.cancel.title", { name }),
        words: say("live.cancel.what"),
        action: say("live.cancel"),
        danger: true,
      }} @confirm=${() => task && this.#cancel(task)} @close=${close}></oh-confirm>`;
  }

  // --- what was pressed

  async #setActivity(agent: string, name: string, activity: string): Promise<void> {
    if (await this.controller.order("set_activity", { agent, activity })) {
      const chosen = this.controller.activities.find(({ id }) => id === activity)?.name ?? "";
      this.#tell("check", say("live.activity_set", { name, activity: chosen }));
    }
  }

  async #prioritise({ task }: WaitingView, priority: number): Promise<void> {
    if (await this.controller.order("prioritise", { task, priority })) {
      this.#tell("check", say("live.prioritised"));
    }
  }

  async #cancel({ task }: WaitingView): Promise<void> {
    if (await this.controller.order("cancel_task", { task })) {
      this.#tell("check", say("live.cancelled"));
    }
  }

  #tell(name: "check" | "alert", words: string): void {
    this.regions.status.textContent = words;
    this.#toasts.add(name, words);
  }

  readonly #follow = () => {
    this.section = sectionOf(location.hash);
  };

  // --- signing in and out

  readonly #entered = (event: CustomEvent<SignedIn>) => {
    const again = this.changing;
    this.who = event.detail;
    this.reason = "";
    this.changing = false;
    if (again) {
      this.#tell("check", say("signin.changed"));
    } else {
      this.controller.begin();
    }
  };

  readonly #own = async (event: CustomEvent<string>) => {
    switch (event.detail) {
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
      this.#tell("alert", wordsFor(error));
      return;
    }
    this.controller.close();
    this.#out(say("signin.left"));
  }

  #out(reason: string): void {
    this.who = null;
    this.changing = false;
    this.asked = null;
    this.reason = reason;
  }
}
