import { createDispatcher } from "@tracecast/dispatcher";
import { expect, onTestFinished, test } from "vitest";
import { TraceFeed } from "./trace-feed.ts";
import type { Told } from "./trace-feed.ts";

const pace = { lookMs: 0, quietMs: 1 };

function setUp() {
  const dispatcher = createDispatcher({ destinations: [] });
  onTestFinished(() => void dispatcher.close({ timeoutMs: 0 }));
  let there: readonly Told[] = [];
  let looks = 0;
  const feed = new TraceFeed(
    dispatcher.events,
    () => {
      looks += 1;
      return there;
    },
    pace,
  );
  const change = (...told: Told[]) => {
    there = told;
    dispatcher.events.emit("delivered", { destinationId: "a", eventIds: [], durationMs: 1 });
  };
  return { feed, change, looks: () => looks };
}

async function nextOf(news: ReturnType<TraceFeed["watch"]>) {
  for (let one = await news.next(); ; one = await news.next())
    if (one.done || one.value.kind !== "nothing") return one.value;
}

test("tells what there is, and then only what is new or has changed", async () => {
  const { feed, change } = setUp();
  change({ id: "1", json: "a" });
  const news = feed.watch(AbortSignal.timeout(60_000));
  expect(await nextOf(news)).toEqual({ kind: "traces", json: ["a"] });
  change({ id: "1", json: "a" }, { id: "2", json: "b" });
  expect(await nextOf(news)).toEqual({ kind: "trace", json: "b" });
  change({ id: "1", json: "a, delivered" }, { id: "2", json: "b" });
  expect(await nextOf(news)).toEqual({ kind: "trace", json: "a, delivered" });
  feed.close();
  expect(await nextOf(news)).toBe(undefined);
});

test("a slow reader is told the latest of each trace", async () => {
  const { feed, change } = setUp();
  const [slow, quick] = [feed.watch(new AbortController().signal), feed.watch(new AbortController().signal)];
  await Promise.all([nextOf(slow), nextOf(quick)]);
  for (const json of ["waiting", "delivered"]) {
    change({ id: "1", json });
    expect(await nextOf(quick)).toEqual({ kind: "trace", json });
  }
  expect(await nextOf(slow)).toEqual({ kind: "trace", json: "delivered" });
  feed.close();
});

test("nobody looks while nobody watches", async () => {
  const { feed, change, looks } = setUp();
  const gone = new AbortController();
  const news = feed.watch(gone.signal);
  await nextOf(news);
  gone.abort();
  expect(await nextOf(news)).toBe(undefined);
  const before = looks();
  change({ id: "1", json: "a" });
  await new Promise((resolve) => void setImmediate(() => setTimeout(resolve)));
  expect(looks()).toBe(before);
});
