// The site's page around us, as far as we may talk to it; a copied link has none.
import { Emitter } from "../../client/emitter.js";
import {
  type FromPanel,
  type PageSeen,
  type ToPanel,
  unwrapped,
  wrapped,
} from "../../widget/messages.js";

/** What the page around has said so far. */
export interface Heard {
  readonly open: boolean;
  readonly language: string;
  readonly page: PageSeen;
  readonly identity: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

type Said = { [Type in ToPanel["type"]]: Extract<ToPanel, { type: Type }> };

/**
 * The page that embeds us. Which pages may is enforced by `frame-ancestors`; the origin of the first
 * answer is then the only one that is listened to and told anything.
 */
export class HostPage extends Emitter<Said> {
  #origin: string | null = null;
  #heard: Heard = {
    open: false,
    language: "",
    page: { url: "", title: "", referrer: "" },
    identity: null,
    attributes: {},
  };

  constructor(private readonly self: Window = window) {
    super();
    self.addEventListener("message", (event) => this.#take(event));
  }

  /** What it has said so far, for whoever comes to listen later. */
  get heard(): Heard {
    return this.#heard;
  }

  /** Whether there is a page around us. */
  get embedded(): boolean {
    return this.self.parent !== this.self;
  }

  /** Say that we are here. It tells nothing that is not public. */
  greet(hello: Extract<FromPanel, { type: "hello" }>): void {
    if (this.embedded) {
      this.self.parent.postMessage(wrapped(hello), "*");
    }
  }

  /** Tell the page something, once it has answered. */
  tell(message: FromPanel): void {
    if (this.#origin !== null && this.embedded) {
      // A page without an origin, as in an app's web view, cannot be named.
      const target = this.#origin === "null" ? "*" : this.#origin;
      this.self.parent.postMessage(wrapped(message), target);
    }
  }

  #take({ source, origin, data }: MessageEvent): void {
    if (!this.embedded || source !== this.self.parent) {
      return;
    }
    const message = unwrapped<ToPanel>(data);
    this.#origin ??= message?.type === "welcome" ? origin : null;
    if (message && origin === this.#origin) {
      this.#heard = after(this.#heard, message);
      this.emit(message.type, message as never);
    }
  }
}

function after(heard: Heard, message: ToPanel): Heard {
  switch (message.type) {
    case "welcome":
      return { ...heard, open: message.open, language: message.language, page: message.page };
    case "open":
    case "folded":
      return { ...heard, open: message.type === "open" };
    case "page":
      return { ...heard, page: message.page };
    case "identify":
      return { ...heard, identity: message.identity };
    case "attributes":
      return { ...heard, attributes: { ...heard.attributes, ...message.attributes } };
  }
}
