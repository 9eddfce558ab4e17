import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Overview, overviewRanges } from "./overview.ts";
import type { OverviewRange } from "./overview.ts";

const hourMs = 3_600_000;
const startMs = 1_800_000_000_000;
const ranges = Object.keys(overviewRanges) as OverviewRange[];

function request(fields: Partial<TraceEvent> = {}): TraceEvent {
  const { error: _error, cancelled: _cancelled, usage: _usage, cost: _cost, ...sample } = sampleTraceEvent();
  return { ...sample, timing: { startMs: 0, endMs: 100 }, ...fields };
}

function setUp() {
  let nowMs = startMs;
  const overview = new Overview(() => nowMs);
  return { overview, pass: (ms: number) => void (nowMs += ms) };
}

test("requests, errors, tokens and cost add up, and times are those of whole answers", () => {
  const { overview } = setUp();
  const usage = { promptTokens: 10, completionTokens: 5 };
  for (let ms = 1; ms <= 1000; ms += 1)
    overview.add(request({ usage, cost: { totalUsd: 0.5 }, timing: { startMs: 0, endMs: ms } }));
  const slow = { startMs: 0, firstTokenMs: 40, endMs: 9_000_000 };
  overview.add(request({ error: { status: 500 }, timing: slow }));
  overview.add(request({ cancelled: true, timing: slow, cost: { totalUsd: 2, estimated: true } }));
  const { totals, steps } = overview.view("1h");
  expect(totals).toMatchObject({ requests: 1002, errors: 1, cancelled: 1, promptTokens: 10_000 });
  expect(totals).toMatchObject({ completionTokens: 5000, costUsd: 502, estimatedUsd: 2 });
  expect(Math.abs((totals.took.p50Ms ?? 0) / 500 - 1)).toBeLessThan(0.02);
  expect(Math.abs((totals.took.p95Ms ?? 0) / 950 - 1)).toBeLessThan(0.02);
  expect(Math.abs((totals.firstToken.p50Ms ?? 0) / 40 - 1)).toBeLessThan(0.02);
  expect(steps.at(-1)).toEqual(totals);
  expect(steps[0]).toMatchObject({ requests: 0, took: { p50Ms: null, p95Ms: null } });
});

test("every range ends now, and what has passed is let go", () => {
  const { overview, pass } = setUp();
  overview.add(request());
  overview.settled("a", "delivered", 3);
  pass(2 * hourMs);
  overview.add(request());
  overview.settled("a", "dead", 1);
  const requests = (range: OverviewRange) => overview.view(range).totals.requests;
  expect(ranges.map(requests)).toEqual([1, 2, 2]);
  for (const range of ranges) {
    const { times, stepMs, steps } = overview.view(range);
    expect(times.length).toBe(steps.length);
    expect(times.at(-1)).toBeLessThanOrEqual(startMs + 2 * hourMs);
    expect((times.at(-1) ?? 0) + stepMs).toBeGreaterThan(startMs + 2 * hourMs);
  }
  const [deliveries] = overview.view("24h").deliveries;
  expect(deliveries?.delivered.reduce((a, b) => a + b)).toBe(3);
  expect(deliveries?.dead.at(-1)).toBe(1);
  pass(30 * hourMs);
  expect(ranges.map(requests)).toEqual([0, 0, 0]);
  expect(overview.view("24h")).toMatchObject({ models: [], deliveries: [] });
});

test("the most asked models are named and the rest are one; nothing is lost, however many there are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { maxLength: 200 }),
      fc.array(fc.nat(20), { minLength: 1 }),
      (models, waits) => {
        const { overview, pass } = setUp();
        for (const [at, model] of models.entries()) {
          pass((waits[at % waits.length] ?? 0) * 1000);
          overview.add(request({ model: { requested: `model ${model}` } }));
        }
        for (const range of ranges) {
          const view = overview.view(range);
          expect(view.models.length).toBeLessThanOrEqual(9);
          const sum = view.models.reduce((all, { requests }) => all + requests, 0);
          expect(sum).toBe(view.totals.requests);
          for (const { requests, requestsByStep } of view.models)
            expect(requestsByStep.reduce((a, b) => a + b)).toBe(requests);
        }
        expect(overview.view("24h").totals.requests).toBe(models.length);
      },
    ),
  );
});

test("a clock that is put back loses nothing", () => {
  const { overview, pass } = setUp();
  overview.add(request());
  pass(-90_000);
  overview.add(request());
  pass(90_000);
  expect(overview.view("1h").totals.requests).toBe(2);
});

test("a cost that nobody knows is none, not nothing; one of nothing is", () => {
  const overview = new Overview(() => 0);
  overview.add(request({}));
  expect(overview.view("1h").totals.costUsd).toBeNull();
  overview.add(request({ cost: { totalUsd: 0 } }));
  expect(overview.view("1h").totals.costUsd).toBe(0);
});
