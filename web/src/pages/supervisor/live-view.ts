// The contact centre as it is now: who waits and why, who is there, who talks with whom.
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
import type { Live, WaitingView } from "../../desk-protocol.js";
import { icon, lineGlyph } from "../../icons.js";
import { locale, say } from "../../words.js";
import type { LiveController } from "./controller.js";
import styles from "./live-view.css?inline";
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

/** Milliseconds after which waits are counted anew. */
const BEAT = 1000;

/** Reports `tell` with words for everybody. */
@customElement("oh-live-view")
export class LiveView extends OffhookElement {
  static override styles = sheets(styles);

  controller!: LiveController;

  @state() private queue = "";
  @state() private asked: Asked | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;
  #deaf: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#deaf = this.controller.on("changed", () => this.requestUpdate());
    this.#beat = setInterval(() => this.requestUpdate(), BEAT);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#deaf?.();
    clearInterval(this.#beat);
  }

  override render(): TemplateResult | typeof nothing {
    const { live } = this.controller;
    return live ? html`${this.#shown(live)} ${this.#dialogs()}` : nothing;
  }

  #shown(whole: Live): TemplateResult {
    const { controller, queue } = this;
    const { activities, clock, received } = controller;
    const now = Date.now();
    const live = aged(onlyOf(whole, queue), Math.floor((now - received) / 1000));
    return html`      ${controller.standing === "reconnecting" ? this.#stale() : nothing}
      <div class="spread">
        <h1 tabindex="-1">${say("live.heading")}</h1>
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
      ${this.#talks(talkRows(live, clock))}`;
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
      this.report("tell", say("live.activity_set", { name, activity: chosen }));
    }
  }

  async #prioritise({ task }: WaitingView, priority: number): Promise<void> {
    if (await this.controller.order("prioritise", { task, priority })) {
      this.report("tell", say("live.prioritised"));
    }
  }

  async #cancel({ task }: WaitingView): Promise<void> {
    if (await this.controller.order("cancel_task", { task })) {
      this.report("tell", say("live.cancelled"));
    }
  }
}
