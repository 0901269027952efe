// The element of /docs: every route of the server's own description, with an example of each.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import { brand, icon } from "../../icons.js";
import { say } from "../../words.js";
import { chooseLook, looks } from "../looks.js";
import { curl } from "./example.js";
import {
  type Answer,
  bodyOf,
  type Group,
  groups,
  isGuarded,
  type Line,
  limitsOf,
  lines,
  type OpenApi,
  type Parameter,
  type Route,
  resolve,
  type Schema,
  typeOf,
} from "./openapi.js";
import styles from "./page.css?inline";
import { inline, prose } from "./prose.js";

@customElement("oh-docs-page")
export class DocsPage extends OffhookElement {
  static override styles = sheets(styles);

  @state() private document: OpenApi | null | undefined;
  @state() private wanted = "";
  @state() private copied = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#read();
  }

  override render(): TemplateResult {
    return html`<header class="bar">
        ${brand()}<span class="label">${say("docs.title")}</span><span class="grow"></span>
        <oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()}
          @choose=${this.#choose}></oh-menu>
      </header>
      ${this.#content()}`;
  }

  #content(): TemplateResult {
    const { document: api } = this;
    if (api === undefined) {
      return html`<main class="state" aria-busy="true"><p>${say("docs.loading")}</p></main>`;
    }
    if (api === null) {
      return html`<main class="state">
        <h1>${say("docs.failed")}</h1>
        <p>${say("problem.unreachable")}</p>
        <button class="btn" type="button" @click=${this.#read}>${say("control.retry")}</button>
      </main>`;
    }
    const shown = this.#matching(groups(api));
    return html`<div class="two">
      <nav aria-label=${say("docs.routes")}>${this.#search()}${shown.map((group) => this.#index(group))}</nav>
      <main lang="en" dir="ltr">
        <h1>${api.info.title} <span class="faint num">${api.info.version}</span></h1>
        ${this.#about(api.info.description)}
        <p class="small">
          <a href="/openapi.json">openapi.json</a>
        </p>
        ${shown.map((group) => this.#group(api, group))}
        ${shown.length === 0 ? html`<p class="muted">${say("docs.none")}</p>` : nothing}
      </main>
    </div>`;
  }

  #search(): TemplateResult {
    return html`<div class="field">
      <label for="search">${say("docs.search")}</label>
      <input class="input" id="search" type="search" autocomplete="off" .value=${this.wanted}
        @input=${(event: Event) => {
          this.wanted = (event.target as HTMLInputElement).value;
        }} />
    </div>`;
  }

  #index(group: Group): TemplateResult {
    return html`<h2 class="label">${group.name}</h2>
      <ul>
        ${group.routes.map(
          (route) => html`<li>
            <a href="#${route.id}" @click=${(event: Event) => this.#goTo(event, route.id)}
              ><span class="method" data-method=${route.method}>${route.method}</span
              ><span class="path" dir="ltr">${route.path}</span></a
            >
          </li>`,
        )}
      </ul>`;
  }

  #group(api: OpenApi, group: Group): TemplateResult {
    return html`<section aria-label=${group.name}>
      <h2>${group.name}</h2>
      ${this.#about(group.description)}
      ${group.routes.map((route) => this.#route(api, route))}
    </section>`;
  }

  #route(api: OpenApi, route: Route): TemplateResult {
    const { operation } = route;
    const body = operation.requestBody && resolve(api, operation.requestBody);
    return html`<article class="card pad route" id=${route.id} tabindex="-1" aria-labelledby="${route.id}-name">
      <h3 id="${route.id}-name">
        <span class="method" data-method=${route.method}>${route.method}</span>
        <code>${route.path}</code>
        ${isGuarded(api, route) ? html`<span class="badge">${icon("lock")}${say("docs.key")}</span>` : nothing}
      </h3>
      <p>${inline(operation.summary ?? "")}</p>
      ${this.#about(operation.description)}
      ${this.#parameters(api, route.parameters)}
      ${body ? html`<h4>${say("docs.body")}</h4>${this.#body(api, body)}` : nothing}
      <h4>${say("docs.answers")}</h4>
      ${Object.entries(operation.responses ?? {}).map(([status, answer]) =>
        this.#answer(api, status, resolve(api, answer)),
      )}
      ${this.#example(api, route)}
    </article>`;
  }

  #about(text: string | undefined): TemplateResult | typeof nothing {
    return text ? html`<div class="muted about">${prose(text)}</div>` : nothing;
  }

  #parameters(api: OpenApi, parameters: readonly Parameter[]): TemplateResult | typeof nothing {
    if (parameters.length === 0) {
      return nothing;
    }
    const shown = parameters.map(({ name, in: where, schema, required, description }) => ({
      name,
      depth: 0,
      type: `${schema ? typeOf(api, schema) : "string"}, ${where}`,
      required: required ?? false,
      description: description ?? schema?.description ?? "",
      limits: schema ? limitsOf(schema) : "",
    }));
    return html`<h4>${say("docs.parameters")}</h4>${this.#lines(shown)}`;
  }

  #answer(api: OpenApi, status: string, answer: Answer): TemplateResult {
    const tone = status.startsWith("2") ? "live" : status.startsWith("3") ? "info" : "end";
    const body = bodyOf(answer);
    return html`<details class="answer" ?open=${tone === "live"}>
      <summary>
        <span class="badge num" data-tone=${tone}>${status}</span>
        <span class="small">${inline(answer.description ?? "")}</span>
        ${body ? html`<span class="tiny faint">${body.type}</span>` : nothing}
      </summary>
      ${body?.content.schema ? this.#schema(api, body.content.schema) : nothing}
    </details>`;
  }

  #body(api: OpenApi, body: Answer): TemplateResult | typeof nothing {
    const found = bodyOf(body);
    return found?.content.schema ? this.#schema(api, found.content.schema) : nothing;
  }

  #schema(api: OpenApi, schema: Schema): TemplateResult {
    const shown = lines(api, schema);
    return html`<p class="tiny faint"><code>${typeOf(api, schema)}</code></p>
      ${shown.length > 0 ? this.#lines(shown) : nothing}`;
  }

  #lines(shown: readonly Line[]): TemplateResult {
    return html`<ul class="lines">
      ${shown.map(
        (line) => html`<li class="d${line.depth}">
          <div>
            <code class="name">${line.name}</code> <span class="type small">${line.type}</span>
            ${line.required ? html`<span class="tiny needed">${say("docs.required")}</span>` : nothing}
          </div>
          ${line.description ? html`<div class="small muted">${inline(line.description)}</div>` : nothing}
          ${line.limits ? html`<div class="tiny faint">${line.limits}</div>` : nothing}
        </li>`,
      )}
    </ul>`;
  }

  #example(api: OpenApi, route: Route): TemplateResult {
    const command = curl(api, route, location.origin);
    const copied = this.copied === route.id;
    return html`<div class="example">
      <pre tabindex="0" aria-label=${say("docs.example")}><code>${command}</code></pre>
      <button class="btn btn-s" type="button" @click=${() => this.#copy(route.id, command)}>
        ${icon(copied ? "check" : "copy", "i-s")}${say(copied ? "docs.copied" : "docs.copy")}
      </button>
    </div>`;
  }

  #matching(all: readonly Group[]): Group[] {
    const words = this.wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ method, path, operation }: Route) => {
      const text = `${method} ${path} ${operation.summary ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    return all
      .map((group) => ({ ...group, routes: group.routes.filter(fits) }))
      .filter(({ routes }) => routes.length > 0);
  }

  #goTo(event: Event, id: string): void {
    event.preventDefault();
    history.replaceState(null, "", `#${id}`);
    this.#reveal(id);
  }

  #reveal(id: string): void {
    const article = id ? this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(id)}`) : null;
    article?.scrollIntoView();
    article?.focus({ preventScroll: true });
  }

  async #copy(id: string, command: string): Promise<void> {
    await navigator.clipboard?.writeText(command).catch(() => undefined);
    this.copied = id;
  }

  readonly #read = async () => {
    this.document = undefined;
    try {
      const answer = await fetch("/openapi.json");
      this.document = answer.ok ? ((await answer.json()) as OpenApi) : null;
    } catch {
      this.document = null;
    }
    await this.updateComplete;
    this.#reveal(decodeURIComponent(location.hash.slice(1)));
  };

  readonly #choose = (event: CustomEvent<string>) => {
    void chooseLook(event.detail).then(() => this.requestUpdate());
  };
}
