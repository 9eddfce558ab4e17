import { defineDestination, delivered, piece } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { event } from "../../test/event.ts";
import { createDispatcher } from "../dispatcher.ts";
import type { DestinationSettings } from "../settings.ts";

const generation = {
  cost: { serverToolUse: { webSearchRequests: 2 }, upstreamUsage: { quoted: "a secret figure" } },
  requestContext: { serviceTier: "flex" },
  identity: { userAgent: "ann@example.com/1", httpReferer: "https://app.example" },
};
const detailed = (more: Partial<TraceEvent> = {}) => event({ generation, user: "u1", ...more });

/** A type whose destinations keep what they saw, by name; one that is told to refuses everything. */
function seeing() {
  const seen: Record<string, TraceEvent[]> = {};
  let refuses = false;
  const type = defineDestination({
    type: "seeing",
    name: "Seeing",
    config: z.object({ to: z.string() }),
    limits: { maxPieces: 10, maxBytes: 100_000, maxDelayMs: 0 },
    connect: ({ to }) => ({
      test: async () => ({ ok: true, message: "It sees." }),
      encode: (view) => [piece(JSON.stringify(view), view.id)],
      send: async (batch) => {
        if (refuses) return { outcome: { status: "rejected", code: "invalid", reason: "no" } };
        const views = batch.flatMap(({ pieces }) => pieces.map(({ json }) => JSON.parse(json) as TraceEvent));
        (seen[to] ??= []).push(...views);
        return { outcome: delivered };
      },
    }),
  });
  const settings = (name: string, policy: Partial<DestinationSettings> = {}): DestinationSettings => ({
    name,
    type,
    config: { to: name },
    ...policy,
  });
  const blockAt = (name: string, at = 0): Json | undefined =>
    seen[name]?.[at]?.trace.metadata["openrouter_generation"];
  return { seen, settings, blockAt, refuse: (does: boolean) => (refuses = does) };
}

const flags = ["generationCost", "generationIdentity", "generationRequestContext"] as const;

test("whatever destinations ask for, each gets its own blocks, and no other destination's", async () => {
  const marks = [
    ["generationCost", "web_search_requests"],
    ["generationIdentity", "http_referer"],
    ["generationRequestContext", "routed_service_tier"],
  ] as const;
  const policies = fc.array(
    fc.record({
      generationCost: fc.boolean(),
      generationIdentity: fc.boolean(),
      generationRequestContext: fc.boolean(),
      privacyMode: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(policies, async (all) => {
      const { seen, settings } = seeing();
      const dispatcher = createDispatcher({
        destinations: all.map((policy, n) => settings(`d${n}`, policy)),
      });
      dispatcher.publish(detailed());
      await dispatcher.close({ timeoutMs: 5000 });
      for (const [n, policy] of all.entries()) {
        const said = JSON.stringify(seen[`d${n}`]);
        for (const [flag, mark] of marks) {
          const belongs = policy[flag] || (flag === "generationRequestContext" && policy.generationCost);
          expect([mark, said.includes(mark)]).toEqual([mark, belongs]);
        }
        expect(said.includes("a secret figure")).toBe(policy.generationCost && !policy.privacyMode);
        expect(seen[`d${n}`]?.[0]).not.toHaveProperty("generation");
      }
    }),
    { numRuns: 40 },
  );
});

test("redaction reaches the blocks, also where they repeat what stands elsewhere", async () => {
  const { seen, settings, blockAt } = seeing();
  const redaction = { detectors: ["email"], paths: ["user", "generation.identity.httpReferer"] } as const;
  const dispatcher = createDispatcher({
    destinations: [settings("a", { generationIdentity: true, generationCost: true, redaction })],
  });
  dispatcher.publish(detailed());
  await dispatcher.close({ timeoutMs: 5000 });
  expect(blockAt("a")).toMatchObject({
    user_agent: "[email]/1",
    external_user: "[redacted]",
    http_referer: "[redacted]",
  });
  expect(JSON.stringify(seen["a"])).not.toMatch(/ann@|app\.example|u1/);
});

test("a block that is no longer asked for is not in what waited, and not in what is replayed", async () => {
  const { seen, settings, blockAt, refuse } = seeing();
  const asking = Object.fromEntries(flags.map((flag) => [flag, true]));
  const dispatcher = createDispatcher({ destinations: [settings("a", asking), settings("other", asking)] });
  refuse(true);
  dispatcher.publish(detailed());
  await dispatcher.flush({ timeoutMs: 5000 });
  refuse(false);
  dispatcher.replay("a");
  await dispatcher.flush({ timeoutMs: 5000 });
  expect(blockAt("a")).toMatchObject({ user_agent: "ann@example.com/1" });

  dispatcher.pause("other");
  dispatcher.replay("other");
  dispatcher.publish(detailed());
  dispatcher.configure(settings("other"));
  dispatcher.resume("other");
  await dispatcher.close({ timeoutMs: 5000 });
  expect(seen["other"]).toHaveLength(2);
  expect(JSON.stringify(seen["other"])).not.toMatch(/openrouter_generation|app\.example/);
});
