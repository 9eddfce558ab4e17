import { z } from "zod";

const time = z.iso.datetime();
const count = z.int().min(0);
const loose = z.looseObject({});

/** Every error's body. */
export const errorAnswer = z.object({
  error: z.object({
    code: z.int(),
    message: z.string(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
});

const destination = z.object({
  id: z.uuid(),
  workspace_id: z.uuid(),
  type: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  privacy_mode: z.boolean(),
  broadcast_generation_cost: z.boolean(),
  broadcast_generation_identity: z.boolean(),
  broadcast_generation_request_context: z.boolean(),
  sampling_rate: z.number(),
  api_key_hashes: z.array(z.string()).nullable(),
  excluded_api_key_hashes: z.array(z.string()).nullable(),
  filter_rules: loose.nullable(),
  redaction: loose.nullable(),
  regions: z.array(z.string()),
  created_at: time,
  updated_at: time,
  config: loose.meta({ description: "Secrets are masked." }),
  read_only: z.literal(true).optional(),
});

const key = z.looseObject({
  hash: z.string(),
  name: z.string(),
  label: z.string(),
  disabled: z.boolean(),
  workspace_id: z.uuid(),
  created_at: time,
  updated_at: time,
});

const workspace = z.looseObject({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  is_observability_broadcast_enabled: z.boolean(),
});

const letter = z.looseObject({
  eventId: z.string(),
  code: z.string(),
  reason: z.string(),
  detail: z.string().optional(),
  diedMs: z.number(),
});

const stats = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  state: z.enum(["running", "paused", "disabled"]),
  published: count,
  sampledOut: count,
  delivered: count,
  dead: count,
  pending: count,
});

const type = z.looseObject({
  type: z.string(),
  name: z.string(),
  form: z.array(loose),
  not_carried: z.array(loose),
});
const verdict = z.looseObject({ admitted: z.boolean() });
const summary = z.looseObject({
  id: z.string(),
  operation: z.string(),
  fates: z.array(loose),
  failed: z.boolean(),
});

const one = <T extends z.ZodType>(data: T) => z.object({ data });
const list = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), total_count: count });

/** What the routes answer with when all is well. */
export const answers = {
  destination: one(destination),
  destinations: list(destination),
  deleted: z.object({ deleted: z.literal(true) }),
  workspace: one(workspace),
  workspaces: list(workspace),
  key: one(key),
  keys: one(z.array(key)),
  madeKey: z.object({ data: key, key: z.string().optional() }),
  types: one(z.array(type)),
  test: z.object({ ok: z.boolean(), message: z.string(), notes: z.array(z.string()).optional() }),
  submitted: z.object({
    accepted: count,
    refused: z.array(z.object({ index: count, message: z.string() })),
  }),
  paused: z.object({ paused: z.boolean() }),
  stats: one(stats.nullable()),
  allStats: one(z.array(stats)),
  letters: list(letter),
  letter: one(letter.extend({ event: loose.optional() })),
  replayed: z.object({ replayed: count }),
  purged: z.object({ purged: count }),
  traces: z.looseObject({ data: z.array(summary) }),
  trace: one(z.object({ event: loose, fates: z.array(loose), together: z.array(summary) })),
  sent: one(z.looseObject({ fate: loose, private: z.boolean(), pieces: z.array(loose) })),
  live: z.string(),
  overview: one(
    z.looseObject({
      range: z.string(),
      stepMs: z.number(),
      times: z.array(z.number()),
      destinations: z.array(loose),
    }),
  ),
  explanations: one(z.array(z.looseObject({ eventId: z.string(), destinations: loose }))),
  routed: one(z.array(verdict.extend({ destinationId: z.string() }))),
  foreseen: list(verdict).extend({ admitted_count: count }),
  session: z.object({ signed_in: z.boolean() }),
  document: loose,
};
