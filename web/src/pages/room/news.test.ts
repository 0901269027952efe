import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromSnapshot } from "../../client/state.js";
import { fact, person, published, snapshot } from "../../testing/room.js";
import { News } from "./news.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function news(chatIsOpen = false) {
  const said: string[] = [];
  const sounds: string[] = [];
  const sinks = {
    status: (words: string) => said.push(words),
    sound: (name: string) => sounds.push(name),
  };
  const one = new News(
    sinks,
    () => "PA-Ada",
    () => chatIsOpen,
  );
  one.learn(fromSnapshot(snapshot(1, person("Ada"), person("Ben"))));
  return { news: one, said, sounds };
}

const came = (name: string) => fact(2, "participant_joined", { participant: person(name) });
const went = (name: string) => fact(2, "participant_left", { participant: `PA-${name}` });

test("who came is said once, by name", () => {
  const { news: one, said, sounds } = news();
  one.take(came("Cleo"), 3);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(["Cleo joined."]);
  expect(sounds).toEqual(["joined"]);
});

test("several who come together are said together", () => {
  const { news: one, said } = news();
  for (const name of ["Cleo", "Dan", "Eve"]) {
    one.take(came(name), 5);
  }
  one.take(went("Ben"), 4);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(["3 people joined. Ben left."]);
});

test("one's own coming and going is no news", () => {
  const { news: one, said } = news();
  one.take(came("Ada"), 2);
  one.take(went("Ada"), 1);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual([]);
});

test("above eight people nobody comes with a sound", () => {
  const { news: one, sounds } = news();
  one.take(came("Cleo"), 9);
  expect(sounds).toEqual([]);
});

test("a message names its sender only, and only while the chat is closed", () => {
  const message = { participant: "PA-Ben", name: "Ben", text: "secret" };
  const closed = news();
  closed.news.take(fact(2, "chat_sent", { message }), 2);
  expect(closed.said).toEqual(["Message from Ben."]);
  const open = news(true);
  open.news.take(fact(2, "chat_sent", { message }), 2);
  expect(open.said).toEqual([]);
});

test("a screen that is shared is news, a camera is not", () => {
  const { news: one, said } = news();
  const publish = (source: "camera" | "screen_share") =>
    fact(2, "track_published", { participant: "PA-Ben", track: published(source, "Ben") });
  one.take(publish("camera"), 2);
  one.take(publish("screen_share"), 2);
  expect(said).toEqual(["Ben shares a screen."]);
});
