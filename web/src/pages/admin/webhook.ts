// One webhook: what it is told of, what became of each delivery, and what to do about it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../../components/confirm/confirm.js";
import type { Question } from "../../components/confirm/confirm.js";
import { sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import type { MenuItem } from "../../components/menu/menu.js";
import "../../components/secret/secret.js";
import type { Disclosure } from "../../components/secret/secret.js";
import { icon, lineGlyph } from "../../icons.js";
import type { Delivery, DeliveryDetail, Webhook } from "../../rest.js";
import { say } from "../../words.js";
import shared from "../office/office.css?inline";
import "./delivery.js";
import { EVERY, Live } from "../office/live.js";
import { pages } from "../office/paging.js";
import { deliveryBadge, milliseconds, outcomeOf } from "./delivery.js";
import { fragmentOf } from "./route.js";
import { Section } from "./section.js";
import "./webhook-form.js";
import { until } from "../office/when.js";
import type { WebhookValues } from "./webhook-form.js";
import { disclosure, hostOf, stateOf } from "./webhooks.js";
import { isGone } from "./words.js";

interface Known {
  readonly webhook: Webhook;
  readonly deliveries: { readonly items: readonly Delivery[]; readonly next: string | null };
}

interface Asked {
  readonly question: Question;
  readonly go: (choice: string) => Promise<unknown>;
}

const STATES = ["", "delivered", "pending", "retrying", "failed"] as const;
const HOUR = 3_600_000;
/** Milliseconds until the next look while a delivery is under way. */
const SOON = 1000;

@customElement("oh-admin-webhook")
export class WebhookSection extends Section {
  static override styles = sheets(shared);

  @property({ attribute: "webhook-id" }) webhookId = "";
  @state() private filter: (typeof STATES)[number] = "";
  @state() private asked: Asked | null = null;
  @state() private editing = false;
  @state() private shown: Disclosure | null = null;
  @state() private opened: DeliveryDetail | null = null;

  #pages = 1;
  readonly #live = new Live<Known>(this, () => this.#load(), this.refused, pace);

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.get("webhookId")) {
      this.#live.restart();
    }
  }

  override render(): TemplateResult {
    const known = this.#live.value;
    const name = known ? known.webhook.description || hostOf(known.webhook.url) : " ";
    return html`<nav class="small crumbs" aria-label=${say("admin.crumbs")}>
        <a href=${fragmentOf("webhooks")}>${say("admin.webhooks")}</a> <span aria-hidden="true">/</span> <bdi>${name}</bdi>
      </nav>
      <div class="spread hd">
        <div class="stack">
          <h1 tabindex="-1"><bdi>${name}</bdi></h1>
          <p class="id" dir="ltr">${known?.webhook.url ?? "\u00a0"}</p>
        </div>
        ${known && this.may("webhooks.write") ? this.#actions(known.webhook) : nothing}
      </div>
      ${this.editing ? nothing : this.notice()}
      ${isGone(this.#live.problem) ? this.#gone() : this.#content(known)} ${this.#dialogs(known)}`;
  }

  #content(known: Known | undefined): TemplateResult {
    return html`${this.stale(this.#live)} ${known ? this.#holding(known) : nothing}
      ${known ? this.#figures(known.webhook) : nothing}
      <section class="card" aria-labelledby="deliveries">
        <div class="spread fh">
          <h2 id="deliveries">${say("admin.deliveries")}</h2>
          <div class="seg" role="group" aria-label=${say("admin.show")}>
            ${STATES.map(
              (
                each,
              ) => html`<button type="button" aria-pressed=${this.filter === each} @click=${() => this.#choose(each)}>
                ${say(each ? `admin.delivery.${each}` : "admin.all")}
              </button>`,
            )}
          </div>
        </div>
        ${known ? this.#list(known) : this.unknown(this.#live)}
      </section>`;
  }

  #actions(webhook: Webhook): TemplateResult {
    return html`<div class="cluster">
      <button class="btn" type="button" aria-busy=${this.busy === "test"} ?disabled=${!webhook.enabled}
        @click=${this.#test}>${this.spin("test")}${say("admin.webhook.test")}</button>
      <oh-menu icon="more" look="icon" .name=${say("control.more")} .items=${this.#items(webhook)}
        @choose=${(event: CustomEvent<string>) => this.#do(event.detail, webhook)}></oh-menu>
    </div>`;
  }

  #items(webhook: Webhook): MenuItem[] {
    return [
      { id: "edit", words: say("admin.edit") },
      { id: "rotate", words: say("admin.rotate") },
      { id: "replay", words: say("admin.replay.failed") },
      { id: "toggle", words: say(webhook.enabled ? "admin.disable" : "admin.enable"), ends: true },
      { id: "delete", words: say("admin.delete"), danger: true },
    ];
  }

  /** The trouble first: what keeps later events of the same subject waiting. */
  #holding({ webhook, deliveries }: Known): TemplateResult | typeof nothing {
    if (!webhook.enabled) {
      const key =
        webhook.disabled_reason === "gone" ? "admin.webhook.gone.what" : "admin.webhook.off.what";
      return html`<p class="notice" data-tone="wait">${icon("alert")}<span class="grow">${say(key)}</span></p>`;
    }
    const holding = deliveries.items.filter(({ state }) => state === "retrying").length;
    return holding > 0
      ? html`<p class="notice" data-tone="wait">${icon("alert")}<span class="grow">${say("admin.webhook.holding", { count: holding })}</span></p>`
      : nothing;
  }

  #figures(webhook: Webhook): TemplateResult {
    const { old_secret_until: old } = webhook;
    return html`<dl class="meta card">
      <div><dt>${say("admin.state")}</dt><dd>${stateOf(webhook)}</dd></div>
      <div><dt>${say("admin.events")}</dt><dd class="mono fine">${webhook.events.join(", ")}</dd></div>
      <div>
        <dt>${say("admin.webhook.secret")}</dt>
        <dd class="fine"><span class="mono" dir="ltr">whsec_••••</span>${old ? html`<span class="sub">${say("admin.webhook.old_secret", { when: until(old) })}</span>` : nothing}</dd>
      </div>
      <div><dt>${say("admin.created")}</dt><dd class="num fine">${this.time(webhook.created_at)}</dd></div>
    </dl>`;
  }

  #list({ deliveries }: Known): TemplateResult {
    if (deliveries.items.length === 0) {
      return this.filter
        ? this.empty(say("admin.deliveries.none_such"), say("admin.deliveries.none_such.what"))
        : this.empty(say("admin.deliveries.none"), say("admin.deliveries.none.what"));
    }
    return html`<div class="table-wrap">
        <table class="table">
          <caption class="vh">${say("admin.deliveries.newest")}</caption>
          <thead>
            <tr>
              <th scope="col">${say("admin.event")}</th>
              <th scope="col" class="c3">${say("admin.subject")}</th>
              <th scope="col" class="end c3">${say("admin.seq")}</th>
              <th scope="col">${say("admin.state")}</th>
              <th scope="col" class="end c2">${say("admin.answer")}</th>
              <th scope="col" class="end c3">${say("admin.tries")}</th>
              <th scope="col" class="end c2">${say("admin.time")}</th>
              <th scope="col"><span class="vh">${say("admin.actions")}</span></th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              deliveries.items,
              (delivery) => delivery.id,
              (delivery) => this.#row(delivery),
            )}
          </tbody>
        </table>
      </div>
      ${this.older(deliveries.next, this.#more)}`;
  }

  #row(delivery: Delivery): TemplateResult {
    const { last } = delivery;
    const name = say("admin.replay.which", { type: delivery.type, seq: delivery.seq });
    const replaying = this.busy === `replay ${delivery.id}`;
    return html`<tr class="press">
      <td>
        <button class="go mono" type="button" @click=${() => this.#open(delivery.id)}>${delivery.type}</button>
        <span class="sub only-s num">${this.time(last?.at ?? delivery.created_at)} · ${delivery.seq}${last ? html` · ${outcomeOf(last)}` : nothing}</span>
      </td>
      <td class="c3 id">${delivery.subject}</td>
      <td class="end num c3">${delivery.seq}</td>
      <td>${deliveryBadge(delivery)}</td>
      <td class="end num c2">${last ? outcomeOf(last) : "–"}</td>
      <td class="end num c3">${delivery.attempts}</td>
      <td class="end num c2">
        ${this.time(last?.at ?? delivery.created_at)}
        <span class="sub">${this.#about(delivery) || "\u00a0"}</span>
      </td>
      <td class="end acts">
        ${
          this.may("webhooks.write")
            ? html`<button class="btn btn-quiet btn-icon btn-s" type="button" aria-label=${name} title=${say("admin.replay")}
                aria-busy=${replaying} @click=${() => this.#replay(delivery.id)}>${icon(replaying ? "spin" : "replay", "i-s")}</button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  #about(delivery: Delivery): string {
    if (delivery.state === "retrying" && delivery.next_attempt_at) {
      return say("admin.delivery.next", { when: until(delivery.next_attempt_at) });
    }
    return delivery.last ? milliseconds(delivery.last.milliseconds) : "";
  }

  #gone(): TemplateResult {
    return html`<section class="card">
      <div class="state">
        ${lineGlyph("ended", "state-mark")}
        <h2 class="h3">${say("admin.webhook.none")}</h2>
        <a class="btn" href=${fragmentOf("webhooks")}>${say("admin.webhooks.all")}</a>
      </div>
    </section>`;
  }

  #dialogs(known: Known | undefined): TemplateResult {
    return html`<oh-confirm .question=${this.asked?.question ?? null} ?open=${this.asked !== null}
        @confirm=${(event: CustomEvent<string>) => void this.asked?.go(event.detail)}
        @close=${() => {
          this.asked = null;
        }}></oh-confirm>
      <oh-webhook-form .webhook=${known?.webhook ?? null} ?open=${this.editing} ?busy=${this.busy === "edit"}
        .problem=${this.editing ? this.trouble : ""}
        @save=${(event: CustomEvent<WebhookValues>) => void this.#save(event.detail)}
        @close=${() => {
          this.editing = false;
          this.trouble = "";
        }}></oh-webhook-form>
      <oh-secret .disclosure=${this.shown} ?open=${this.shown !== null}
        @copied=${() => this.report("tell", say("docs.copied"))}
        @close=${() => {
          this.shown = null;
        }}></oh-secret>
      <oh-admin-delivery .delivery=${this.opened} ?open=${this.opened !== null} ?replayable=${this.may("webhooks.write")}
        ?busy=${this.busy.startsWith("replay ")}
        @replay=${(event: CustomEvent<string>) => void this.#replay(event.detail)}
        @close=${() => {
          this.opened = null;
        }}></oh-admin-delivery>`;
  }

  // --- doing

  async #load(): Promise<Known> {
    const id = this.webhookId;
    const [webhook, deliveries] = await Promise.all([
      this.api.webhook(id),
      pages((after) => this.api.deliveries(id, this.filter, after), this.#pages),
    ]);
    if (this.opened) {
      this.opened = await this.api.delivery(id, this.opened.id);
    }
    return { webhook, deliveries };
  }

  #choose(filter: (typeof STATES)[number]): void {
    this.filter = filter;
    this.#pages = 1;
    void this.#live.refresh();
  }

  readonly #more = () => {
    this.#pages += 1;
    void this.act("older", () => this.#live.refresh());
  };

  async #open(delivery: string): Promise<void> {
    const found = await this.act(`open ${delivery}`, () =>
      this.api.delivery(this.webhookId, delivery),
    );
    this.opened = found ?? null;
  }

  readonly #test = async () => {
    await this.act(
      "test",
      () => this.api.testWebhook(this.webhookId),
      () => say("admin.webhook.tested"),
    );
    await this.#live.refresh();
  };

  async #replay(delivery: string): Promise<void> {
    const work = () => this.api.replay(this.webhookId, delivery);
    await this.act(`replay ${delivery}`, work, () => say("admin.replayed"));
    await this.#live.refresh();
  }

  async #save(values: WebhookValues): Promise<void> {
    const saved = await this.act(
      "edit",
      () => this.api.changeWebhook(this.webhookId, values),
      () => say("admin.saved"),
    );
    if (saved) {
      this.editing = false;
      await this.#live.refresh();
    }
  }

  async #toggle(enabled: boolean): Promise<void> {
    const work = () => this.api.changeWebhook(this.webhookId, { enabled });
    await this.act("toggle", work, () => say(enabled ? "admin.enabled" : "admin.disabled"));
    await this.#live.refresh();
  }

  async #rotate(): Promise<void> {
    const made = await this.act("rotate", () => this.api.rotateSecret(this.webhookId));
    if (made) {
      this.shown = disclosure(made, say("admin.rotated"));
      await this.#live.refresh();
    }
  }

  async #replayFailed(hours: string): Promise<void> {
    const since = new Date(Date.now() - Number(hours) * HOUR + 60_000).toISOString();
    await this.act(
      "replay-failed",
      () => this.api.replayFailed(this.webhookId, { since }),
      ({ replayed }) =>
        replayed > 0
          ? say("admin.replayed.count", { count: replayed })
          : say("admin.replayed.none"),
    );
    await this.#live.refresh();
  }

  async #delete(): Promise<void> {
    const gone = await this.act(
      "delete",
      () => this.api.deleteWebhook(this.webhookId).then(() => true),
      () => say("admin.deleted"),
    );
    if (gone) {
      location.hash = fragmentOf("webhooks");
    }
  }

  #do(what: string, webhook: Webhook): void {
    this.trouble = "";
    switch (what) {
      case "edit":
        this.editing = true;
        break;
      case "toggle":
        void this.#toggle(!webhook.enabled);
        break;
      case "rotate":
        this.asked = { question: rotateQuestion(), go: () => this.#rotate() };
        break;
      case "replay":
        this.asked = { question: replayQuestion(), go: (hours) => this.#replayFailed(hours) };
        break;
      case "delete":
        this.asked = { question: deleteQuestion(), go: () => this.#delete() };
        break;
    }
  }
}

/** What is on its way now is looked at again soon. */
function pace({ deliveries }: Known): number {
  const moving = deliveries.items.some(
    ({ state, next_attempt_at: next }) => state === "pending" && next !== null,
  );
  return moving ? SOON : EVERY;
}

function rotateQuestion(): Question {
  return {
    title: say("admin.rotate.title"),
    words: say("admin.rotate.what"),
    action: say("admin.rotate"),
  };
}

function deleteQuestion(): Question {
  return {
    title: say("admin.webhook.delete.title"),
    words: say("admin.webhook.delete.what"),
    action: say("admin.delete"),
    danger: true,
  };
}

function replayQuestion(): Question {
  return {
    title: say("admin.replay.title"),
    words: say("admin.replay.what"),
    action: say("admin.replay"),
    label: say("admin.replay.since"),
    choices: [
      { value: "1", words: say("admin.last.hour") },
      { value: "24", words: say("admin.last.day") },
      { value: "168", words: say("admin.last.week") },
      { value: "720", words: say("admin.last.month") },
    ],
  };
}
