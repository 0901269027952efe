// The REST API as our own pages use it, with the cookie of a sign-in.
import { type Method, query, Rest } from "../../client/rest.js";
import type {
  ApiKeyCreate,
  ApiKeyPage,
  Delivery,
  DeliveryDetail,
  DeliveryPage,
  EventPage,
  NewApiKey,
  NewWebhook,
  Participant,
  ParticipantPage,
  PasswordChange,
  Replay,
  ReplayRequest,
  Room,
  RoomPage,
  RoomPatch,
  SignedIn,
  SignInCreate,
  Webhook,
  WebhookCreate,
  WebhookPage,
  WebhookPatch,
} from "../../rest.js";

/** How many items a page of a list has. */
export const PAGE = 50;

/** Every call rejects with `Refused` or `Unreachable`. */
export class Api {
  readonly #rest: Rest;

  constructor(ask?: typeof fetch) {
    this.#rest = new Rest(ask);
  }

  // --- signing in

  who(): Promise<SignedIn> {
    return this.#send("GET", "/v1/sign-in");
  }
  signIn(body: SignInCreate): Promise<SignedIn> {
    return this.#send("POST", "/v1/sign-in", body);
  }
  changePassword(body: PasswordChange): Promise<SignedIn> {
    return this.#send("POST", "/v1/sign-in/password", body);
  }
  signOut(): Promise<void> {
    return this.#send("DELETE", "/v1/sign-in");
  }

  // --- rooms

  rooms(after: string): Promise<RoomPage> {
    return this.#list("/v1/rooms", after);
  }
  room(name: string): Promise<Room> {
    return this.#send("GET", room(name));
  }
  participants(name: string): Promise<ParticipantPage> {
    return this.#send("GET", `${room(name)}/participants${query({ limit: 200 })}`);
  }
  changeRoom(name: string, body: RoomPatch): Promise<Room> {
    return this.#send("PATCH", room(name), body);
  }
  endRoom(name: string): Promise<void> {
    return this.#send("POST", `${room(name)}/end`);
  }
  deleteRoom(name: string): Promise<void> {
    return this.#send("DELETE", room(name));
  }
  muteRoom(name: string): Promise<void> {
    return this.#send("POST", `${room(name)}/mute`);
  }
  mute(name: string, identity: string, track: string): Promise<Participant> {
    return this.#send("POST", `${person(name, identity)}/mute`, { track });
  }
  remove(name: string, identity: string): Promise<void> {
    return this.#send("DELETE", person(name, identity));
  }

  // --- events

  events(filter: { types: readonly string[]; subject: string }, after: string): Promise<EventPage> {
    const { types, subject } = filter;
    const asked = { order: "desc", limit: PAGE, after, type: types, subject };
    return this.#send("GET", `/v1/events${query(asked)}`);
  }

  // --- webhooks

  webhooks(after: string): Promise<WebhookPage> {
    return this.#list("/v1/webhooks", after);
  }
  webhook(id: string): Promise<Webhook> {
    return this.#send("GET", webhook(id));
  }
  createWebhook(body: WebhookCreate): Promise<NewWebhook> {
    return this.#send("POST", "/v1/webhooks", body);
  }
  changeWebhook(id: string, body: WebhookPatch): Promise<Webhook> {
    return this.#send("PATCH", webhook(id), body);
  }
  deleteWebhook(id: string): Promise<void> {
    return this.#send("DELETE", webhook(id));
  }
  rotateSecret(id: string): Promise<NewWebhook> {
    return this.#send("POST", `${webhook(id)}/rotate-secret`);
  }
  testWebhook(id: string): Promise<Delivery> {
    return this.#send("POST", `${webhook(id)}/test`);
  }
  deliveries(id: string, state: string, after: string, limit = PAGE): Promise<DeliveryPage> {
    return this.#send("GET", `${webhook(id)}/deliveries${query({ limit, after, state })}`);
  }
  delivery(id: string, delivery: string): Promise<DeliveryDetail> {
    return this.#send("GET", `${webhook(id)}/deliveries/${encodeURIComponent(delivery)}`);
  }
  replay(id: string, delivery: string): Promise<Delivery> {
    return this.#send("POST", `${webhook(id)}/deliveries/${encodeURIComponent(delivery)}/replay`);
  }
  replayFailed(id: string, body: ReplayRequest): Promise<Replay> {
    return this.#send("POST", `${webhook(id)}/replay`, body);
  }

  // --- API keys

  keys(after: string): Promise<ApiKeyPage> {
    return this.#list("/v1/api-keys", after);
  }
  createKey(body: ApiKeyCreate): Promise<NewApiKey> {
    return this.#send("POST", "/v1/api-keys", body);
  }
  revokeKey(id: string): Promise<void> {
    return this.#send("DELETE", `/v1/api-keys/${encodeURIComponent(id)}`);
  }

  #list<Page>(path: string, after: string): Promise<Page> {
    return this.#send("GET", `${path}${query({ limit: PAGE, after })}`);
  }

  async #send<Reply>(method: Method, path: string, body?: object): Promise<Reply> {
    const answer = await this.#rest.send<Reply>(method, path, body ? { body } : {});
    return answer.value;
  }
}

function room(name: string): string {
  return `/v1/rooms/${encodeURIComponent(name)}`;
}

function person(name: string, identity: string): string {
  return `${room(name)}/participants/${encodeURIComponent(identity)}`;
}

function webhook(id: string): string {
  return `/v1/webhooks/${encodeURIComponent(id)}`;
}
