import { contentClasses, traceEventSchema } from "@tracecast/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { event } from "../../test/event.ts";
import { parseSettings } from "../settings.ts";
import { scriptedDestination } from "../../test/scripted-destination.ts";
import { judge } from "./admit.ts";
import { privateView } from "./privacy.ts";
import { samplingPoint } from "./sampler.ts";

const hash = "a".repeat(64);
const policyOf = (settings: object) =>
  parseSettings({ name: "x", type: scriptedDestination().type, config: {}, ...settings }).policy;

test("events go to destinations of their own workspace, and to those of every one; while it is off, to none", () => {
  const mine = event({ workspaceId: "w1" });
  const elsewhere = { admitted: false, by: "workspace" };
  expect(judge(mine)(policyOf({ workspaceId: "w1" }))).toEqual({ admitted: true });
  expect(judge(mine)(policyOf({}))).toEqual({ admitted: true });
  expect(judge(mine)(policyOf({ workspaceId: "w2" }))).toEqual(elsewhere);
  expect(judge(event())(policyOf({ workspaceId: "w1" }))).toEqual(elsewhere);
  const silent = new Set(["w1"]);
  expect(judge(mine, silent)(policyOf({ workspaceId: "w1" }))).toEqual(elsewhere);
  expect(judge(mine, silent)(policyOf({}))).toEqual(elsewhere);
  expect(judge(event({ workspaceId: "w2" }), silent)(policyOf({}))).toEqual({ admitted: true });
});

test("an event goes where its region is wanted; one that does not say where is global", () => {
  const by = (region: "global" | "europe" | undefined, regions: string[]) =>
    judge(event(region && { region }))(policyOf({ regions }));
  expect(by("europe", ["europe", "us"])).toEqual({ admitted: true });
  expect(by("europe", ["global"])).toEqual({ admitted: false, by: "region" });
  expect(by("global", ["global"])).toEqual({ admitted: true });
  expect(by(undefined, ["global"])).toEqual({ admitted: true });
  expect(by(undefined, ["us"])).toEqual({ admitted: false, by: "region" });
  expect(judge(event({ region: "us" }))(policyOf({}))).toEqual({ admitted: true });
  expect(() => policyOf({ regions: [] })).toThrow(/regions/);
});

test("of several rules that keep an event away, the first says so: workspace, switch, region, key, sampling, filter rules", () => {
  const filterRules = { groups: [{ rules: [{ field: "model", operator: "equals", value: "another" }] }] };
  const rules: readonly (readonly [string, object])[] = [
    ["workspace", { workspaceId: "w2" }],
    ["disabled", { enabled: false }],
    ["region", { regions: ["us"] }],
    ["api_key", { apiKeyHashes: ["b".repeat(64)] }],
    ["sampling", { samplingRate: 0.0001 }],
    ["filter_rules", { filterRules }],
  ];
  fc.assert(
    fc.property(fc.subarray([...rules], { minLength: 1 }), (failing) => {
      const settings: object = Object.assign({}, ...failing.map(([, each]) => each));
      const what = event({ workspaceId: "w1", sessionId: "s1", apiKey: { hash } });
      expect(judge(what)(policyOf(settings))).toEqual({ admitted: false, by: failing[0]?.[0] });
    }),
  );
});

test("a disabled destination gets nothing", () => {
  expect(judge(event())(policyOf({ enabled: false }))).toEqual({ admitted: false, by: "disabled" });
});

test("the key filter admits only the named keys, and no event without a key", () => {
  const policy = policyOf({ apiKeyHashes: [hash] });
  expect(judge(event({ apiKey: { hash } }))(policy)).toEqual({ admitted: true });
  expect(judge(event({ apiKey: { hash: "b".repeat(64) } }))(policy)).toEqual({
    admitted: false,
    by: "api_key",
  });
  expect(judge(event())(policy)).toEqual({ admitted: false, by: "api_key" });
  expect(judge(event())(policyOf({ apiKeyHashes: null }))).toEqual({ admitted: true });
});

test("a session has one fate, and a larger rate gets all that a smaller one gets", () => {
  const rate = fc.double({ min: 0.0001, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), rate, rate, (sessionId, a, b) => {
      const admits = (samplingRate: number) =>
        judge(event({ sessionId }))(policyOf({ samplingRate })).admitted;
      expect(admits(a)).toBe(admits(a));
      if (admits(Math.min(a, b))) expect(admits(Math.max(a, b))).toBe(true);
    }),
  );
});

test("the session decides before the trace, the trace before the event", () => {
  const trace = { traceId: "t", metadata: {} };
  expect(samplingPoint(event({ sessionId: "s", trace }))).toBe(samplingPoint(event({ sessionId: "s" })));
  expect(samplingPoint(event({ trace }))).toBe(samplingPoint(event({ trace })));
  expect(samplingPoint(event())).not.toBe(samplingPoint(event()));
});

test("sampling keeps about the share it names", () => {
  const kept = Array.from({ length: 4000 }, (_, n) => samplingPoint(event({ sessionId: `s${n}` }))).filter(
    (at) => at < 0.25,
  );
  expect(kept.length).toBeGreaterThan(850);
  expect(kept.length).toBeLessThan(1150);
});

test("a setting that only looks like a boolean is refused", () => {
  expect(() => policyOf({ privacyMode: "true" })).toThrow(/"x" is not configured right: privacyMode/);
  expect(() => policyOf({ samplingRate: 0 })).toThrow(/samplingRate/);
  expect(() => policyOf({ apiKeyHashes: [] })).toThrow(/apiKeyHashes/);
});

test("the private view has the open fields only, and leaves the event as it was", () => {
  const full = event({
    contentParameters: { tools: [{ type: "function", function: { name: "secret_tool" } }] },
    error: { status: 400, type: "bad_request", message: "your secret prompt" },
    usage: { promptTokens: 3 },
    user: "u",
    trace: { traceName: "n", metadata: { customer: "acme" } },
  });
  const before = structuredClone(full);
  const view = privateView(full);
  expect(JSON.stringify(view)).not.toContain("secret");
  expect(view).toEqual({
    ...before,
    input: undefined,
    output: undefined,
    contentParameters: undefined,
    error: { status: 400, type: "bad_request" },
  });
  expect(view).not.toHaveProperty("input");
  expect(full).toEqual(before);
});

test("a field that nobody classified is withheld", () => {
  const view = privateView({
    ...event(),
    surprise: "secret",
    usage: { promptTokens: 1, surprise: "secret" },
  } as never);
  expect(JSON.stringify(view)).not.toContain("secret");
  expect(contentClasses).not.toHaveProperty("surprise");
});

test("the private view is an event", () => {
  expect(traceEventSchema.safeParse(privateView(event())).success).toBe(true);
});
