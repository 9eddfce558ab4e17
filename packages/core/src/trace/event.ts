import { z } from "zod";
import { TracecastError } from "../errors.ts";
import type { Json } from "../json.ts";
import { content, contentClassesOf, open } from "./content-class.ts";
import type { ContentClasses } from "./content-class.ts";
import { generationDetails } from "./generation-details.ts";

// The door checks the shape of the envelope. What stands inside a content field was parsed from JSON and is passed on as it is.
const anyJson = z.custom<Json>((value) => value !== undefined);
const count = z.int().nonnegative();
const usd = z.number().nonnegative();
const epochMs = z.number().nonnegative();

/** Which endpoint of the gateway was called. */
export const operation = z.enum(["chat", "completion", "responses", "messages", "embeddings"]);

/** Where a call may be served. `global`: anywhere. */
export const region = z.enum(["global", "europe", "us"]);

/** Why the model stopped, in the words all providers are mapped to. */
export const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter", "error"]);

/**
 * Token counts as the provider reported them. A count that the provider did not report is absent, never zero.
 * `promptTokens` includes the cached and cache-write tokens; `completionTokens` includes the reasoning tokens.
 */
export const usage = z.object({
  promptTokens: open(count.optional()),
  completionTokens: open(count.optional()),
  totalTokens: open(count.optional()),
  cachedTokens: open(count.optional()),
  cacheWriteTokens: open(count.optional()),
  cacheWrite5mTokens: open(count.optional()),
  cacheWrite1hTokens: open(count.optional()),
  promptAudioTokens: open(count.optional()),
  reasoningTokens: open(count.optional()),
  completionAudioTokens: open(count.optional()),
  completionImageTokens: open(count.optional()),
});

/** What the call cost, in USD. Each figure is absent where nobody knows it. */
export const cost = z.object({
  /** What the gateway or provider charged in all. */
  totalUsd: open(usd.optional()),
  inputUsd: open(usd.optional()),
  outputUsd: open(usd.optional()),
  /** What the provider behind a reselling gateway charged; with one's own key at that provider it is not part of `totalUsd`. */
  upstreamTotalUsd: open(usd.optional()),
  upstreamInputUsd: open(usd.optional()),
  upstreamOutputUsd: open(usd.optional()),
  /** Whether the provider was paid through one's own key ("bring your own key"). */
  byok: open(z.boolean().optional()),
  /** The figures were worked out from token counts and list prices, for nobody reported them. */
  estimated: open(z.boolean().optional()),
});

/** When things happened: milliseconds since the Unix epoch. */
export const timing = z.object({
  startMs: open(epochMs),
  /** When the first piece of the answer that says something arrived. Only for streams. */
  firstTokenMs: open(epochMs.optional()),
  endMs: open(epochMs),
});

/** What went wrong with the call. */
export const callError = z.object({
  /** The HTTP status or the provider's own numeric code. */
  status: open(z.int().optional()),
  /** A short code such as `rate_limit_exceeded`; never free text. */
  type: open(
    z
      .string()
      .regex(/^[\w.:/-]{1,100}$/)
      .optional(),
  ),
  /** The provider's words. They may quote the prompt. */
  message: content(z.string().optional()),
});

/** The `trace` object of a request: how it wants to be named and grouped, and what it wants to be found by. */
export const traceFields = z.object({
  traceId: open(z.string().optional()),
  traceName: open(z.string().optional()),
  spanName: open(z.string().optional()),
  generationName: open(z.string().optional()),
  parentSpanId: open(z.string().optional()),
  /** Every key of `trace` that is not reserved. */
  metadata: open(z.record(z.string(), anyJson)),
});

/**
 * The model of a trace event. Every field carries a content class (`open` or `content`); one that carries none is
 * withheld from private destinations. Unknown is absent, never zero.
 */
export const traceEventSchema = z.object({
  /** UUIDv7. Row ids at the destinations derive from it, so a resend overwrites itself. */
  id: open(z.uuid()),
  operation: open(operation),
  /** The caller's key: SHA-256 in hex, and the name it was given. Never the key. */
  apiKey: open(z.object({ hash: z.string(), name: z.string().optional() }).optional()),
  workspaceId: open(z.string().optional()),
  /** Where it was served. */
  region: open(region.optional()),
  /** The provider's id of its answer, such as `gen-…` or `chatcmpl-…`. */
  generationId: open(z.string().optional()),
  model: open(z.object({ requested: z.string().optional(), resolved: z.string().optional() })),
  /** Who ran the model, as the answer names it. */
  provider: open(z.string().optional()),
  /** For a chat: the messages, OpenAI-shaped, media replaced by descriptors. */
  input: content(anyJson.optional()),
  /** For a chat: the choices, `[{ index, finish_reason, message }]`, assembled where the answer was streamed. */
  output: content(anyJson.optional()),
  /** Sampling parameters and switches: numbers, booleans and short words from a known list. */
  parameters: open(z.record(z.string(), anyJson)),
  /** The rest of the request: `tools`, `tool_choice`, `response_format`, `stop` and whatever is not known to be harmless. */
  contentParameters: content(z.record(z.string(), anyJson).optional()),
  usage: usage.optional(),
  cost: cost.optional(),
  timing,
  finishReason: open(
    z.object({ normalized: finishReason.optional(), native: z.string().optional() }).optional(),
  ),
  streamed: open(z.boolean()),
  /** The client went away before the answer was complete. */
  cancelled: open(z.boolean().optional()),
  error: callError.optional(),
  user: open(z.string().optional()),
  sessionId: open(z.string().optional()),
  tags: open(z.array(z.string())),
  trace: traceFields,
  generation: generationDetails.optional(),
  /** Which tracing fields were over-long or odd and had to be cut, such as `user` or `trace.trace_name`. */
  cut: open(z.array(z.string()).optional()),
});

/** One finished LLM request; immutable. See {@link traceEventSchema} for the meaning and unit of each field. */
export type TraceEvent = Readonly<z.infer<typeof traceEventSchema>>;
/** Which endpoint of the gateway was called. */
export type Operation = z.infer<typeof operation>;
/** Where a call may be served. `global`: anywhere. */
export type Region = z.infer<typeof region>;
/** Why the model stopped, in the words all providers are mapped to. */
export type FinishReason = z.infer<typeof finishReason>;
/** Token counts as the provider reported them; a count it did not report is absent. */
export type Usage = Readonly<z.infer<typeof usage>>;
/** What the call cost, in USD; a figure nobody reported is absent. */
export type Cost = Readonly<z.infer<typeof cost>>;
/** How a request wants to be named, grouped and found. */
export type TraceFields = Readonly<z.infer<typeof traceFields>>;
/** What went wrong with a call. */
export type CallError = Readonly<z.infer<typeof callError>>;

/** The content class of every field of {@link traceEventSchema}. */
export const contentClasses: ContentClasses = contentClassesOf(traceEventSchema);

const checked = new WeakSet<object>();

/**
 * Checks a value at the door. An event that has passed once is trusted from then on, so it must not be changed.
 * @throws {@link TracecastError} `EVENT_INVALID` with the paths that do not fit; the message quotes no value.
 */
export function parseTraceEvent(value: unknown): TraceEvent {
  if (typeof value === "object" && value !== null && checked.has(value)) return value as TraceEvent;
  const parsed = traceEventSchema.safeParse(value);
  if (parsed.success) {
    checked.add(parsed.data);
    return parsed.data;
  }
  const paths = parsed.error.issues.map((issue) => issue.path.join(".") || "(the event itself)");
  throw new TracecastError("EVENT_INVALID", `This is not a trace event; look at: ${paths.join(", ")}.`);
}
