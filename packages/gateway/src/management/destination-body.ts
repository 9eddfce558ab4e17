import { filterRulesSchema } from "@tracecast/dispatcher";
import { z } from "zod";
import { redaction } from "../settings/redaction.ts";
import { region } from "../settings/region.ts";
import { ApiError } from "./api-error.ts";

const hash = z.string().regex(/^[\da-f]{64}$/, "is not a key's SHA-256 in hex");

const settings = {
  name: z.string().trim().min(1, "is required").max(200),
  config: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  privacy_mode: z.boolean(),
  broadcast_generation_cost: z.boolean(),
  broadcast_generation_identity: z.boolean(),
  broadcast_generation_request_context: z.boolean(),
  sampling_rate: z.number().min(0.0001).max(1),
  api_key_hashes: z.array(hash).min(1, "must name a key, or be null for all of them").nullable(),
  excluded_api_key_hashes: z.array(hash).min(1, "must name a key, or be null for none").nullable(),
  filter_rules: filterRulesSchema.nullable(),
  redaction: redaction.nullable(),
  regions: z.array(region).min(1),
};

/** What makes a destination. */
export const createBody = z.object({
  ...settings,
  type: z.string(),
  workspace_id: z.uuid().optional(),
  copied_from: z.string().optional(),
  enabled: settings.enabled.default(true),
  privacy_mode: settings.privacy_mode.default(false),
  broadcast_generation_cost: settings.broadcast_generation_cost.default(false),
  broadcast_generation_identity: settings.broadcast_generation_identity.default(false),
  broadcast_generation_request_context: settings.broadcast_generation_request_context.default(false),
  sampling_rate: settings.sampling_rate.default(1),
  api_key_hashes: settings.api_key_hashes.default(null),
  excluded_api_key_hashes: settings.excluded_api_key_hashes.default(null),
  filter_rules: settings.filter_rules.default(null),
  redaction: settings.redaction.default(null),
  regions: settings.regions.default(["global"]),
});
/** What changes a destination. */
export const updateBody = z.object(settings).partial();
/** What is to be tested. */
export const testBody = updateBody.extend({
  type: z.string(),
  config: settings.config,
  id: z.string().optional(),
});

/** What decides which traces a destination gets. */
export const policyBody = z
  .object({
    enabled: settings.enabled,
    sampling_rate: settings.sampling_rate,
    api_key_hashes: settings.api_key_hashes,
    excluded_api_key_hashes: settings.excluded_api_key_hashes,
    filter_rules: settings.filter_rules,
    regions: settings.regions,
    workspace_id: z.uuid(),
  })
  .partial();

/** What is sent to make a destination, defaults filled in. Keys as on the wire. */
export type CreateBody = z.infer<typeof createBody>;
/** What is sent to change one. What is absent stays. */
export type UpdateBody = z.infer<typeof updateBody>;

/** What is sent to test settings that are not saved; with the id of a saved destination, its masked values stand for what is stored. */
export type TestBody = z.infer<typeof testBody>;

/** @throws {@link ApiError} 400, naming each field that does not fit */
export const parseTestBody = (body: unknown): TestBody => parse(testBody, body);
/** @throws {@link ApiError} 400, naming each field that does not fit */
export const parseCreateBody = (body: unknown): CreateBody => parse(createBody, body);
/** @throws {@link ApiError} 400, naming each field that does not fit */
export const parseUpdateBody = (body: unknown): UpdateBody => parse(updateBody, body);

/**
 * Checks what was sent.
 * @throws {@link ApiError} 400, naming each field that does not fit
 */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the body"}: ${message}`,
  );
  throw new ApiError(400, `Invalid request parameters: ${complaints.join("; ")}.`);
}
