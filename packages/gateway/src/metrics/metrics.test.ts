import { createDispatcher } from "@tracecast/dispatcher";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";
import { createLocalTraces } from "../local/local-traces.ts";
import { createMetrics } from "./metrics.ts";

const valueOf = (text: string, series: string): number | undefined => {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
};

test("the figures are those of stats(), and their sum is what was published", async () => {
  const { type } = createLocalTraces();
  const dispatcher = createDispatcher({
    destinations: [
      { name: "a", type, config: {} },
      { name: "off", type, config: {}, enabled: false },
      { name: "held", type, config: {} },
    ],
  });
  const metrics = createMetrics(dispatcher, () => Date.now() + 5000);
  dispatcher.pause("held");
  dispatcher.publish(sampleTraceEvent());
  await dispatcher.flush({ timeoutMs: 5000 });
  const text = await metrics.render();
  expect(valueOf(text, 'tracecast_published_total{destination="a"}')).toBe(1);
  expect(valueOf(text, 'tracecast_delivered_total{destination="a"}')).toBe(1);
  expect(valueOf(text, 'tracecast_filtered_total{destination="off",rule="disabled"}')).toBe(1);
  expect(valueOf(text, 'tracecast_pending{destination="held"}')).toBe(1);
  expect(valueOf(text, 'tracecast_paused{destination="held"}')).toBe(1);
  expect(valueOf(text, 'tracecast_oldest_pending_seconds{destination="held"}')).toBeGreaterThanOrEqual(5);
  expect(valueOf(text, 'tracecast_batch_events_count{destination="a"}')).toBe(1);
  await dispatcher.close({ timeoutMs: 1000 });
});

test("no word of an event is in them", async () => {
  const { type } = createLocalTraces();
  const dispatcher = createDispatcher({ destinations: [{ name: "a", type, config: {} }] });
  const metrics = createMetrics(dispatcher);
  const event = sampleTraceEvent();
  dispatcher.publish(event);
  await dispatcher.close({ timeoutMs: 1000 });
  const text = await metrics.render();
  for (const word of [event.user, event.sessionId, event.id, ...event.tags]) expect(text).not.toContain(word);
});
