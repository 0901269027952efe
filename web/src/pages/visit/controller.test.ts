// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AudioOutput } from "../../client/audio.js";
import { Room } from "../../client/room.js";
import { VisitLine } from "../../client/visit.js";
import { forgetful } from "../../memory.js";
import "../../testing/dom.js";
import { MediaInMemory } from "../../testing/media.js";
import { peers } from "../../testing/peer.js";
import { joined, person, snapshot } from "../../testing/room.js";
import { agent, call as callView, opened, VisitWire, visit } from "../../testing/visit.js";
import { connectionInMemory, refusal, settled } from "../../testing/wire.js";
import type { Visit } from "../../visit-protocol.js";
import { VisitCall } from "./call.js";
import { VisitController } from "./controller.js";
import { Secret } from "./secret.js";

class SilentContext {
  state = "running";
  resume = async () => undefined;
  suspend = async () => undefined;
  createAnalyser = () => ({ fftSize: 0, getFloatTimeDomainData: () => undefined });
  createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined });
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("AudioContext", SilentContext);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function widget(
  first: Visit = visit("form"),
  lasting = forgetful(),
  tab = forgetful(),
  invitation = { secret: null as string | null, drop: () => {} },
) {
  const wire = new VisitWire();
  const media = new MediaInMemory();
  const rooms: ReturnType<typeof connectionInMemory>[] = [];
  const make = () => {
    const made = connectionInMemory();
    made.wire.answers.join = () => joined(snapshot(1, person("Ada"), person("Inès")));
    made.wire.answers.offer = ({ tracks }) => ({
      sdp: "answer",
      tracks: tracks.map(({ mid }) => ({ mid, sid: `TR${mid}` })),
    });
    made.wire.answers.leave = () => null;
    rooms.push(made);
    return new Room(made.connection, peers().make);
  };
  const call = new VisitCall(
    forgetful(),
    make,
    media as unknown as MediaDevices,
    new AudioOutput(),
  );
  const secret = new Secret("site", lasting, tab);
  const line = new VisitLine(wire, () => controller.hello());
  const controller: VisitController = new VisitController(line, call, secret, invitation);
  let now = first;
  wire.answer("open", () => opened(now));
  for (const name of ["start", "hang_up", "rate", "moved", "answer"] as const) {
    wire.answer(name, () => null);
  }
  const become = async (next: Visit) => {
    now = { ...next, seq: now.seq + 1 };
    wire.tell("visit", now);
    await settled();
  };
  return { wire, media, rooms, call, secret, line, controller, become };
}

async function open(made: ReturnType<typeof widget>) {
  made.controller.open();
  await settled();
  return made;
}

async function checking() {
  const made = await open(widget());
  made.wire.answer("fill", () => null);
  await made.controller.fill({ name: "Marta", email: "" }, true);
  await made.become(visit("consent"));
  return made;
}

test("opening tells the page, the language and who the site says one is, and keeps the secret", async () => {
  const made = widget();
  made.controller.isOn({ url: "https://shop.example/lamp" }, "fr");
  made.controller.identify("jwt");
  made.controller.setAttributes({ cart: "2" });
  await open(made);
  expect(made.wire.last("open")).toEqual({
    language: "fr",
    page: { url: "https://shop.example/lamp" },
    identity: "jwt",
    attributes: { cart: "2" },
  });
  expect(made.secret.value).toBe("secret");
  expect(made.controller.state.visit?.state).toBe("form");
});

test("the microphone is not asked for before the form is sent", async () => {
  const { media, controller, wire } = await open(widget());
  wire.answer("fill", () => null);
  await controller.fill({ name: "", email: "" }, false);
  expect(media.asked).toEqual([]);
  expect(wire.names).toEqual(["open"]);
  expect(Object.keys(controller.state.problems)).toEqual(["name"]);
  await controller.fill({ name: "Marta", email: "" }, false);
  expect(media.asked).toEqual([["audio"]]);
  expect(controller.state.step).toBe("check");
});

test("a field that the server refuses is shown at the field", async () => {
  const { controller, wire } = await open(widget());
  const refused = refusal(422, "invalid");
  wire.answer("fill", () => ({ ...refused, error: { ...refused.error, field: "answers.email" } }));
  await controller.fill({ name: "Marta", email: "a@b.example" }, false);
  expect(Object.keys(controller.state.problems)).toEqual(["email"]);
  expect([controller.state.failure, controller.state.step]).toEqual([null, null]);
});

test("starting sends the answer about recording with the version that was shown", async () => {
  const { controller, wire } = await checking();
  await controller.start();
  expect(wire.last("start")).toEqual({ consent: true, version: "v1", video: false });
  expect(controller.state.step).toBeNull();
});

test("a consent text that has changed is read again, unticked, and the device is let go", async () => {
  const { controller, wire, media } = await checking();
  wire.answer("start", () => refusal(409, "consent_changed"));
  await controller.start();
  expect(wire.names.filter((name) => name === "open")).toHaveLength(2);
  expect(controller.state).toMatchObject({ step: null, agreed: false });
  expect(controller.state.failure).not.toBeNull();
  expect(media.asked).toHaveLength(1);
});

test("the call is joined when an agent has answered, and left when it is over", async () => {
  const { controller, become, rooms, call } = await checking();
  await controller.start();
  await become(visit("queued", { position: 1 }));
  expect(rooms).toHaveLength(0);
  await become(visit("connecting", { agent, call: callView }));
  expect(rooms[0]?.wire.names).toContain("join");
  expect(call.room?.publisher.has("microphone")).toBe(true);
  await become(visit("live", { agent, call: callView }));
  expect(rooms).toHaveLength(1);
  await become(visit("ended", { agent, ended: "agent_left" }));
  expect(call.room).toBeNull();
  expect(call.devices.microphone.track).toBeNull();
});

test("a microphone that takes its time keeps nobody out of the call, and follows", async () => {
  const { become, call, media, rooms } = widget();
  let give = () => {};
  const capture = media.getUserMedia.bind(media);
  media.getUserMedia = async (asked) => {
    await new Promise<void>((resolve) => {
      give = resolve;
    });
    return capture(asked);
  };
  call.follow(callView);
  await settled();
  await become(visit("live", { agent, call: callView }));
  expect([rooms[0]?.wire.names[0], call.room?.phase]).toEqual(["join", "inside"]);
  expect(call.room?.publisher.has("microphone")).toBe(false);
  give();
  await settled();
  expect(call.room?.publisher.has("microphone")).toBe(true);
});

test("who is passed on waits in the same room for the next agent", async () => {
  const { become, rooms, call } = await checking();
  await become(visit("live", { agent, call: callView }));
  await become(visit("queued", { position: 1, call: callView, held: true }));
  await become(visit("offering", { position: 1, call: callView, held: true }));
  expect([rooms.length, call.room?.phase]).toEqual([1, "inside"]);
});

test("a camera is sent into the same call, and refusing it leaves the call as it was", async () => {
  const { become, rooms, call, media } = await checking();
  await become(visit("live", { agent, call: callView }));
  media.errors.video = "NotAllowedError";
  await call.toggle("camera");
  expect([call.devices.camera.trouble, call.room?.phase]).toEqual(["blocked", "inside"]);
  delete media.errors.video;
  await call.toggle("camera");
  await settled();
  expect(call.room?.publisher.has("camera")).toBe(true);
  expect(rooms).toHaveLength(1);
});

test("a room that lets go of a call that goes on is joined again", async () => {
  const { become, rooms } = await checking();
  await become(visit("live", { agent, call: callView }));
  rooms[0]?.wire.serve("leave", { reason: "connection_timeout", action: "disconnect" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(rooms).toHaveLength(2);
  expect(rooms[1]?.wire.names).toContain("join");
});

test("a page that is loaded again comes back by itself, also into the call", async () => {
  const [lasting, tab] = [forgetful(), forgetful()];
  await open(widget(visit("form"), lasting, tab));
  const again = widget(visit("live", { agent, call: callView }), lasting, tab);
  expect(again.controller.comeBack()).toBe(true);
  await settled();
  expect(again.rooms[0]?.wire.names).toContain("join");
});

test("another tab of the same visitor does not take the contact until it is asked to", async () => {
  const lasting = forgetful();
  await open(widget(visit("form"), lasting));
  expect(widget(visit("queued"), lasting).controller.comeBack()).toBe(false);
});

test("a contact that another page took can be taken back", async () => {
  const { wire, controller, secret } = await open(widget(visit("queued")));
  wire.tell("taken_over", {});
  await settled();
  expect([controller.state.elsewhere, secret.isHere, secret.value]).toEqual([
    true,
    false,
    "secret",
  ]);
  controller.reopen();
  await settled();
  expect([controller.state.elsewhere, controller.state.visit?.state]).toEqual([false, "queued"]);
});

test("the last contact's end does not greet who calls anew", async () => {
  const [lasting, tab] = [forgetful(), forgetful()];
  await open(widget(visit("form"), lasting, tab));
  const later = widget(visit("ended"), lasting, forgetful());
  let opens = 0;
  later.wire.answer("open", () => {
    opens += 1;
    return opened(opens === 1 ? visit("ended") : visit("form", { session: "SE2" }));
  });
  later.controller.open();
  await settled();
  await settled();
  expect(opens).toBe(2);
  expect(later.controller.state.visit?.state).toBe("form");
});

test("a secret that nobody knows any longer is forgotten, and one begins anew", async () => {
  const lasting = forgetful();
  lasting.setItem("offhook.visit.site", "old");
  const { wire, controller, secret } = widget(visit("form"), lasting);
  const known: (string | null)[] = [];
  let first = true;
  wire.answer("open", () => {
    known.push(secret.value);
    const answer = first ? refusal(404, "not_found") : opened(visit("form"));
    first = false;
    return answer;
  });
  controller.open();
  await settled();
  await settled();
  expect(known).toEqual(["old", null]);
  expect(controller.state.visit?.state).toBe("form");
});

test("a lost connection comes back by itself and opens the contact again", async () => {
  const { wire, controller } = await open(widget(visit("queued", { position: 2 })));
  const told: boolean[] = [];
  controller.on("lost", (lost) => told.push(lost));
  wire.disconnect();
  expect(controller.state.phase).toBe("lost");
  expect(controller.state.visit?.position).toBe(2);
  await vi.advanceTimersByTimeAsync(10);
  expect(controller.state.phase).toBe("open");
  expect(told).toEqual([true, false]);
});

test("a state that was overtaken on the way is left out", async () => {
  const { wire, controller } = await open(widget(visit("queued", { seq: 5 })));
  wire.tell("visit", visit("form", { seq: 4 }));
  expect(controller.state.visit?.state).toBe("queued");
  wire.tell("visit", visit("offering", { seq: 6 }));
  expect(controller.state.visit?.state).toBe("offering");
  wire.tell("visit", visit("connecting", { seq: 6 }));
  expect(controller.state.visit?.state).toBe("connecting");
});

test("a callback is asked for with the answers that are still missing", async () => {
  const { wire, controller, become } = await open(widget(visit("closed", { ended: "closed" })));
  wire.answer("ask_callback", () => null);
  controller.go("book");
  await controller.askCallback("2026-11-23T08:30:00Z", "a@b.example", { name: "", email: "" });
  expect(wire.names).not.toContain("ask_callback");
  await controller.askCallback("2026-11-23T08:30:00Z", "a@b.example", { name: "Marta", email: "" });
  expect(wire.last("ask_callback")).toEqual({
    at: "2026-11-23T08:30:00Z",
    answers: { name: "Marta", email: "" },
    email: "a@b.example",
  });
  await become(visit("callback"));
  expect(controller.state.step).toBeNull();
});

test("a message takes the place of the wait and is remembered as sent", async () => {
  const { wire, controller, become } = await checking();
  await controller.start();
  await become(visit("queued"));
  wire.answer("leave_message", () => null);
  controller.go("write");
  await controller.write("Where is my lamp?", {});
  expect(wire.last("leave_message")).toEqual({ text: "Where is my lamp?", answers: {} });
  expect(controller.state.written).toBe(true);
});

test("answering a callback asks for the microphone first", async () => {
  const { wire, controller, media } = await open(widget(visit("callback", { ringing: true })));
  await controller.answer();
  expect(media.asked).toEqual([["audio"]]);
  expect(wire.names.at(-1)).toBe("answer");
});

test("a command that cannot be sent is said and can be pressed again", async () => {
  const { wire, controller } = await open(widget(visit("queued")));
  wire.answer("hang_up", () => refusal(429, "rate_limited"));
  await controller.hangUp();
  expect([controller.state.busy, controller.state.failure !== null]).toEqual([false, true]);
  wire.answer("hang_up", () => null);
  await controller.hangUp();
  expect(controller.state.failure).toBeNull();
});

test("another page of the site is told while the contact is open", async () => {
  const { wire, controller } = await open(widget(visit("queued")));
  controller.moved({ url: "https://shop.example/table", title: "Table" });
  expect(wire.last("moved")?.page.title).toBe("Table");
});

/** The link of a callback, which counts until it is dropped. */
function invited() {
  const invitation = {
    secret: "s3cret" as string | null,
    drop: () => {
      invitation.secret = null;
    },
  };
  return invitation;
}

test("a link counts until the contact is open by it", async () => {
  const invitation = invited();
  const lasting = forgetful();
  const { controller } = widget(visit("callback"), lasting, forgetful(), invitation);
  controller.open();
  await settled();
  expect(invitation.secret).toBeNull();
  expect(lasting.getItem("offhook.visit.site")).toBe("secret");
});

test("a link that opens nothing begins no other contact by itself", async () => {
  const invitation = invited();
  const lasting = forgetful();
  lasting.setItem("offhook.visit.site", "an earlier contact");
  const { controller, wire } = widget(visit("form"), lasting, forgetful(), invitation);
  wire.answer("open", () => refusal(409, "link_used"));
  controller.open();
  await settled();
  expect(controller.state.error).toMatchObject({ code: "link_used" });
  expect(invitation.secret).toBe("s3cret");
  expect(lasting.getItem("offhook.visit.site")).toBe("an earlier contact");
  wire.answer("open", () => opened(visit("form")));
  controller.again();
  await settled();
  expect([invitation.secret, controller.state.visit?.state]).toEqual([null, "form"]);
});
