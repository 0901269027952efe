// What a site's page and the panel in its iframe tell each other by postMessage.

/** How the button looks, as the server knows the site. Colours are CSS, empty for our own. */
export interface Front {
  readonly accent: string;
  /** The colour of words on the accent. */
  readonly ink: string;
  /** The words on the button, empty for our own. */
  readonly launcher: string;
  readonly side: "end" | "start";
}

/** Where the visitor is. */
export interface PageSeen {
  readonly url: string;
  readonly title: string;
  readonly referrer: string;
}

/** The state of the line, drawn on the button while the panel is folded. */
export type WidgetLine = "none" | "ringing" | "live" | "hold" | "lost" | "ended";

/** From the site's page to the panel. */
export type ToPanel =
  | {
      readonly type: "welcome";
      readonly open: boolean;
      readonly language: string;
      readonly page: PageSeen;
    }
  | { readonly type: "open" }
  | { readonly type: "folded" }
  | { readonly type: "page"; readonly page: PageSeen }
  | { readonly type: "identify"; readonly identity: string }
  | { readonly type: "attributes"; readonly attributes: Readonly<Record<string, string>> };

/** From the panel to the site's page. `language`: the visitor's choice, empty without one. `seconds`: how long the call has lasted, null: no call. */
export type FromPanel =
  | { readonly type: "hello"; readonly front: Front; readonly language: string }
  | { readonly type: "size"; readonly height: number }
  | { readonly type: "fold" }
  | { readonly type: "show" }
  | { readonly type: "language"; readonly language: string }
  | {
      readonly type: "line";
      readonly line: WidgetLine;
      readonly seconds: number | null;
      readonly unread: number;
    };

/** Marks our messages among those of others. */
const MARK = "offhook.widget";

/** A message as it travels. */
export function wrapped<Message extends ToPanel | FromPanel>(message: Message): object {
  return { [MARK]: 1, ...message };
}

/** The message in what came, or null when it is not one of ours. */
export function unwrapped<Message extends ToPanel | FromPanel>(data: unknown): Message | null {
  if (typeof data !== "object" || data === null) {
    return null;
  }
  const { [MARK]: mark, ...message } = data as Record<string, unknown>;
  return mark === 1 ? (message as unknown as Message) : null;
}
