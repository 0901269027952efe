// The API keys of the account: made, and revoked.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../../components/confirm/confirm.js";
import type { Question } from "../../components/confirm/confirm.js";
import { sheets } from "../../components/element.js";
import "../../components/secret/secret.js";
import type { Disclosure } from "../../components/secret/secret.js";
import type { ApiKey, ApiKeyCreate } from "../../rest.js";
import { say } from "../../words.js";
import shared from "../office/office.css?inline";
import "./key-form.js";
import { Live } from "../office/live.js";
import { pages } from "../office/paging.js";
import { Section } from "./section.js";

@customElement("oh-admin-keys")
export class KeysSection extends Section {
  static override styles = sheets(shared);

  @state() private making = false;
  @state() private shown: Disclosure | null = null;
  @state() private revoking: ApiKey | null = null;

  #pages = 1;
  readonly #live = new Live(
    this,
    () => pages((after) => this.api.keys(after), this.#pages),
    this.refused,
  );

  override render(): TemplateResult {
    return html`<div class="spread hd">
        <h1 tabindex="-1">${say("admin.keys")}</h1>
        ${
          this.may("keys.write")
            ? html`<button class="btn btn-ink" type="button" @click=${() => {
                this.trouble = "";
                this.making = true;
              }}>${say("admin.key.new")}</button>`
            : nothing
        }
      </div>
      ${this.making ? nothing : this.notice()} ${this.stale(this.#live)}
      <section class="card" aria-label=${say("admin.keys")}>${this.#list()}</section>
      <oh-key-form ?open=${this.making} ?busy=${this.busy === "make"} .permissions=${this.permissions}
        .problem=${this.making ? this.trouble : ""}
        @save=${(event: CustomEvent<ApiKeyCreate>) => void this.#make(event.detail)}
        @close=${() => {
          this.making = false;
          this.trouble = "";
        }}></oh-key-form>
      <oh-secret .disclosure=${this.shown} ?open=${this.shown !== null}
        @copied=${() => this.report("tell", say("docs.copied"))}
        @close=${() => {
          this.shown = null;
        }}></oh-secret>
      <oh-confirm .question=${this.#question()} ?open=${this.revoking !== null}
        @confirm=${this.#revoke} @close=${() => {
          this.revoking = null;
        }}></oh-confirm>`;
  }

  #list(): TemplateResult {
    const found = this.#live.value;
    if (!found) {
      return this.unknown(this.#live);
    }
    if (found.items.length === 0) {
      return this.empty(say("admin.keys.none"), say("admin.keys.none.what"));
    }
    return html`<div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${say("admin.name")}</th>
              <th scope="col" class="c2">${say("admin.scopes")}</th>
              <th scope="col" class="end c3">${say("admin.created")}</th>
              <th scope="col" class="end">${say("admin.key.used")}</th>
              <th scope="col"><span class="vh">${say("admin.actions")}</span></th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              found.items,
              (key) => key.id,
              (key) => this.#row(key),
            )}
          </tbody>
        </table>
      </div>
      ${this.older(found.next, () => {
        this.#pages += 1;
        void this.#live.refresh();
      })}`;
  }

  #row(key: ApiKey): TemplateResult {
    const revoking = `revoke ${key.id}`;
    return html`<tr>
      <td class="wide"><bdi class="name">${key.name}</bdi><span class="id sub" dir="ltr">${key.id}</span></td>
      <td class="c2 small wide">${scopesOf(key)}</td>
      <td class="end num c3">${this.time(key.created_at)}</td>
      <td class="end num">
        ${key.last_used_at ? this.time(key.last_used_at) : html`<span class="faint">${say("admin.key.unused")}</span>`}
      </td>
      <td class="end acts">
        ${
          this.may("keys.write")
            ? html`<button class="btn btn-s btn-danger" type="button" aria-busy=${this.busy === revoking}
                aria-label=${say("admin.key.revoke.which", { name: key.name })}
                @click=${() => {
                  this.revoking = key;
                }}>${this.spin(revoking)}${say("admin.key.revoke")}</button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  #question(): Question | null {
    const key = this.revoking;
    return (
      key && {
        title: say("admin.key.revoke.title", { name: key.name }),
        words: say("admin.key.revoke.what"),
        action: say("admin.key.revoke"),
        danger: true,
      }
    );
  }

  async #make(values: ApiKeyCreate): Promise<void> {
    const made = await this.act("make", () => this.api.createKey(values));
    if (made) {
      this.making = false;
      this.shown = {
        title: say("admin.key.made"),
        words: say("admin.secret.once"),
        values: [
          { label: say("admin.key"), value: made.id },
          { label: say("admin.secret"), value: made.secret },
        ],
      };
      await this.#live.refresh();
    }
  }

  readonly #revoke = async () => {
    const key = this.revoking;
    if (key) {
      const done = () => say("admin.key.revoked", { name: key.name });
      await this.act(`revoke ${key.id}`, () => this.api.revokeKey(key.id), done);
      await this.#live.refresh();
    }
  };
}

function scopesOf({ scopes }: ApiKey): string | TemplateResult {
  return scopes.includes("*")
    ? say("admin.scopes.all")
    : html`<span class="mono">${scopes.join(", ")}</span>`;
}
