import { expect, test } from "vitest";
import type { AnswerOffer, SubscribeOffer } from "../protocol.js";
import { peers } from "../testing/peer.js";
import { Subscriber } from "./subscriber.js";

function subscriber() {
  const { made, make } = peers();
  const answers: AnswerOffer[] = [];
  const one = new Subscriber({ answer: async (answer) => answers.push(answer), connection: make });
  return { subscriber: one, peers: made, answers };
}

const line = (mid: string, track: string) => ({ mid, track, participant: "PA-Ben" });

function offer(version: number, tracks: SubscribeOffer["tracks"], more = {}): SubscribeOffer {
  const sdp = tracks.map(({ mid }) => `video:${mid}`).join(" ");
  return { version, sdp, tracks, fresh: false, ...more };
}

test("offers are answered one after the other, each with its version", async () => {
  const { subscriber: one, answers } = subscriber();
  void one.take(offer(1, [line("a", "TR1")]));
  await one.take(offer(2, [line("a", "TR1"), line("b", "TR2")]));
  expect(answers.map(({ version }) => version)).toEqual([1, 2]);
  expect([...one.tracks.keys()]).toEqual(["TR1", "TR2"]);
});

test("a reused line keeps its track object under another id", async () => {
  const { subscriber: one } = subscriber();
  await one.take(offer(1, [line("a", "TR1")]));
  const before = one.tracks.get("TR1")?.track;
  await one.take(offer(2, [line("a", "TR2")]));
  expect(one.tracks.get("TR2")?.track).toBe(before);
  expect(one.tracks.has("TR1")).toBe(false);
});

test("a fresh offer opens a new connection and closes the old one", async () => {
  const { subscriber: one, peers: made } = subscriber();
  await one.take(offer(1, [line("a", "TR1")]));
  await one.take(offer(2, [line("a", "TR1")], { fresh: true }));
  expect(made.map(({ connectionState }) => connectionState)).toEqual(["closed", "new"]);
});

test("an offer that cannot be used is reported, and the next one is taken", async () => {
  const { subscriber: one, answers } = subscriber();
  const broken: Error[] = [];
  one.on("broken", (error) => broken.push(error));
  await one.take(offer(1, [line("a", "TR1")], { sdp: "broken" }));
  await one.take(offer(2, [line("a", "TR1")]));
  expect(broken).toHaveLength(1);
  expect(answers.map(({ version }) => version)).toEqual([2]);
});

test("closing while an offer is taken does not keep the next one from being answered", async () => {
  const { subscriber: one, peers: made, answers } = subscriber();
  await one.take(offer(1, [line("a", "TR1")]));
  const [first] = made;
  if (first) {
    first.held = new Promise(() => undefined);
  }
  void one.take(offer(2, [line("a", "TR1")]));
  await Promise.resolve();
  await Promise.resolve();
  one.close();
  await one.take(offer(3, [line("a", "TR1")], { fresh: true }));
  expect(answers.map(({ version }) => version)).toEqual([1, 3]);
});
