// The element of /supervisor: who is signed in, and the contact centre as it is now.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
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
import { brand, type IconName, icon, lineGlyph } from "../../icons.js";
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
import { fragmentOf, NEW, type Route, routeOf, type Section, sectionsOf } from "./route.js";
import "./set-up/editor.js";
import type { SetUpEditor } from "./set-up/editor.js";
import { KINDS, key } from "./set-up/kinds.js";
import "./set-up/list.js";
import { Objects, type Plural } from "./set-up/objects.js";
import { leaveQuestion } from "./set-up/questions.js";
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
const SKIP = "#main";

/** Reports `named` when another title is right. */
@customElement("oh-supervisor-page")
export class SupervisorPage extends OffhookElement {
  static override styles = sheets(styles);

  controller!: LiveController;
  regions!: Regions;
  api = new Api();
  objects = new Objects();

  @state() private who: SignedIn | null = null;
  /** Who was signed in last: what they write stays while they sign in again. */
  @state() private last: SignedIn | null = null;
  @state() private changing = false;
  @state() private reason = "";
  @state() private route: Route = routeOf("");
  /** What is done once it is said that unsaved changes may be lost. */
  @state() private leaving: (() => void) | null = null;
  @state() private queue = "";
  @state() private asked: Asked | null = null;
  @query("oh-set-up-editor") private editor!: SetUpEditor | null;
  @query("nav [aria-current]") private current!: HTMLElement | null;
  #beat: ReturnType<typeof setInterval> | undefined;
  readonly #toasts = new ToastList(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    const { controller } = this;
    controller.on("changed", () => this.requestUpdate());
    controller.on("out", () => this.#out(say("signin.over")));
    controller.on("failed", (error) => this.#tell("alert", wordsFor(error)));
    addEventListener("hashchange", this.#follow);
    this.route = routeOf(location.hash);
    this.#beat = setInterval(() => this.requestUpdate(), BEAT);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
    clearInterval(this.#beat);
  }

  /** What the page is called now. */
  get heading(): string {
    const { section, id } = this.route;
    if (!this.who || section === "live") {
      return say("live.title");
    }
    const list = say(key(section));
    return id && this.editor ? `${this.editor.heading} · ${list}` : list;
  }

  override render(): TemplateResult {
    return html`<header class="bar">
        ${brand()}<span class="label hide-s">${say("live.nav")}</span><span class="grow"></span>
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

  #nav(sections: readonly Section[]): TemplateResult {
    return html`<nav class="side" aria-label=${say("live.nav")}>
      <ul>
        ${sections.map(
          (section) => html`<li>
            <a class="navi" href=${fragmentOf(section)} aria-current=${section === this.route.section ? "page" : nothing}
              >${icon(iconOf(section))}<span>${section === "live" ? say("live.heading") : say(key(section))}</span></a
            >
          </li>`,
        )}
      </ul>
    </nav>`;
  }

  #fresh(): TemplateResult | typeof nothing {
    return this.controller.standing === "in" && this.route.section === "live"
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
    const { who, last } = this;
    const shut = !who || this.changing;
    return html`${
      shut
        ? html`<oh-gate .api=${this.api} .reason=${this.reason} .changing=${this.changing ? who : null}
            @entered=${this.#entered}></oh-gate>`
        : nothing
    }
    ${last ? keyed(last.login, this.#office(last, shut)) : nothing}`;
  }

  #office({ permissions }: SignedIn, shut: boolean): TemplateResult {
    const sections = sectionsOf(permissions);
    if (!sections.includes(this.route.section)) {
      return this.#nothing(shut);
    }
    return html`<div class="lay" ?hidden=${shut}>${this.#nav(sections)} ${this.#section(permissions)}</div>`;
  }

  #section(permissions: SignedIn["permissions"]): TemplateResult {
    const { controller, route } = this;
    if (route.section !== "live") {
      return this.#setUp(route.section, route.id, permissions);
    }
    if (controller.standing === "refused") {
      return this.#nothing(false);
    }
    return controller.live
      ? this.#live(controller.live)
      : html`<main class="alone" aria-busy="true"></main>`;
  }

  #setUp(section: Plural, id: string, permissions: SignedIn["permissions"]): TemplateResult {
    const kind = KINDS[section];
    const { objects } = this;
    return html`<main @tell=${this.#told} @signed-out=${() => this.#out(say("signin.over"))} @titled=${() => this.report("named")}>
      ${keyed(
        `${section}/${id}`,
        id
          ? html`<oh-set-up-editor .objects=${objects} .permissions=${permissions} .kind=${kind} .itemId=${id || NEW}></oh-set-up-editor>`
          : html`<oh-set-up-list .objects=${objects} .permissions=${permissions} .kind=${kind}></oh-set-up-list>`,
      )}
    </main>`;
  }

  #nothing(shut: boolean): TemplateResult {
    return html`<main class="state alone" ?hidden=${shut}>
      ${lineGlyph("ended", "state-mark")}
      <h1>${say("admin.nothing")}</h1>
      <p>${say("admin.nothing.what")}</p>
    </main>`;
  }

  #live(whole: Live): TemplateResult {
    const { controller, queue } = this;
    const { activities, clock, received } = controller;
    const now = Date.now();
    const live = aged(onlyOf(whole, queue), Math.floor((now - received) / 1000));
    return html`<main>
      ${controller.standing === "reconnecting" ? this.#stale() : nothing}
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
      }} @confirm=${() => task && this.#cancel(task)} @close=${close}></oh-confirm>
      <oh-confirm ?open=${this.leaving !== null} .question=${leaveQuestion()} @confirm=${() => this.leaving?.()}
        @close=${() => {
          this.leaving = null;
        }}></oh-confirm>`;
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

  readonly #told = (event: CustomEvent<string>) => this.#tell("check", event.detail);

  // --- finding one's way

  /** Another place, unless something there is not saved: then it is asked first. */
  readonly #follow = () => {
    const { hash } = location;
    const { section, id } = this.route;
    const wanted = routeOf(hash);
    if (hash === SKIP || (wanted.section === section && wanted.id === id)) {
      return;
    }
    if (!this.editor?.dirty) {
      void this.#go(wanted);
      return;
    }
    history.replaceState(null, "", fragmentOf(section, id));
    this.leaving = () => {
      history.replaceState(null, "", hash);
      void this.#go(wanted);
    };
  };

  async #go(route: Route): Promise<void> {
    this.route = route;
    await this.updateComplete;
    this.report("named");
    scrollTo(0, 0);
    this.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const section = this.renderRoot.querySelector<OffhookElement>(".lay > main > *");
    await section?.updateComplete;
    const root = route.section === "live" ? this.renderRoot : section?.renderRoot;
    root?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  #unlessUnsaved(go: () => void): void {
    if (this.editor?.dirty) {
      this.leaving = go;
    } else {
      go();
    }
  }

  // --- signing in and out

  readonly #entered = (event: CustomEvent<SignedIn>) => {
    const again = this.changing;
    this.who = event.detail;
    this.last = event.detail;
    this.reason = "";
    this.changing = false;
    this.report("named");
    if (again) {
      this.#tell("check", say("signin.changed"));
    } else if (sectionsOf(event.detail.permissions).length > 0) {
      this.controller.begin();
    }
  };

  readonly #own = async (event: CustomEvent<string>) => {
    switch (event.detail) {
      case "password":
        this.changing = true;
        return;
      case "out":
        this.#unlessUnsaved(() => void this.#signOut());
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
    this.last = null;
    this.#out(say("signin.left"));
  }

  #out(reason: string): void {
    this.who = null;
    this.changing = false;
    this.asked = null;
    this.reason = reason;
    this.report("named");
  }
}

function iconOf(section: Section): IconName {
  return section === "live" ? "chart" : KINDS[section].icon;
}
