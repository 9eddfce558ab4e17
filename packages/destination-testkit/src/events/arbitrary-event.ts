import { parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { arbitraryInput, arbitraryOutput } from "./arbitrary-content.ts";
import { jsonRecord, keyText, maybe, oddText } from "./arbitrary-text.ts";

/**
 * Any trace event that the model allows: every optional field present or absent, odd Unicode, deep metadata, every combination
 * of trace keys, failed and cancelled calls, described media, clocks that stepped back. Each one passes `parseTraceEvent`.
 */
export function arbitraryTraceEvent(): fc.Arbitrary<TraceEvent> {
  return fc.record(fields, { requiredKeys: [...required] }).map(parseTraceEvent);
}

const count = fc.oneof(fc.nat({ max: 200_000 }), fc.constant(0), fc.constant(Number.MAX_SAFE_INTEGER));
const usd = fc.oneof(fc.double({ min: 0, max: 50, noNaN: true }), fc.constantFrom(0, 1e-9, 0.1 + 0.2));
const shortWord = fc.stringMatching(/^[\w.:/-]{1,40}$/);
const finishWord = fc.constantFrom("stop", "length", "tool_calls", "content_filter", "error" as const);

/** A record of which each key may be missing. */
const partial = <T>(keys: { readonly [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(keys, { requiredKeys: [] });

const timing = fc
  .record({
    startMs: fc.oneof(
      fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }),
      fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true }),
    ),
    // A clock that is set back in the middle of a call makes it end before it began.
    durationMs: fc.oneof(
      { weight: 9, arbitrary: fc.nat({ max: 600_000 }) },
      fc.integer({ min: -5000, max: 0 }),
    ),
    firstTokenShare: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ startMs, durationMs, firstTokenShare }) => ({
    startMs,
    ...(firstTokenShare !== undefined && { firstTokenMs: startMs + durationMs * firstTokenShare }),
    endMs: startMs + durationMs,
  }));

const usage = partial({
  promptTokens: count,
  completionTokens: count,
  totalTokens: count,
  cachedTokens: count,
  cacheWriteTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
  promptAudioTokens: count,
  reasoningTokens: count,
  completionAudioTokens: count,
  completionImageTokens: count,
});

const cost = partial({
  totalUsd: usd,
  inputUsd: usd,
  outputUsd: usd,
  upstreamTotalUsd: usd,
  upstreamInputUsd: usd,
  upstreamOutputUsd: usd,
  byok: fc.boolean(),
  estimated: fc.boolean(),
});

const trace = fc.record(
  {
    traceId: keyText,
    traceName: oddText,
    spanName: oddText,
    generationName: oddText,
    parentSpanId: keyText,
    metadata: jsonRecord,
  },
  { requiredKeys: ["metadata"] },
);

const generation = partial({
  cost: partial({
    serverToolUse: partial({
      webSearchRequests: count,
      webFetchRequests: count,
      codeExecutionRequests: count,
      fileSearchRequests: count,
      imageGenerationRequests: count,
    }),
    upstreamUsage: jsonRecord,
  }),
  requestContext: partial({
    serviceTier: shortWord,
    mediaInPrompt: count,
    audioInPrompt: count,
    mediaInCompletion: count,
  }),
  identity: partial({
    appTitle: oddText,
    httpReferer: oddText,
    origin: oddText,
    userAgent: oddText,
    requestId: oddText,
  }),
});

const fields = {
  id: fc.uuid({ version: 7 }),
  operation: fc.constantFrom("chat", "completion", "responses", "messages", "embeddings" as const),
  apiKey: fc.record({ hash: fc.stringMatching(/^[0-9a-f]{64}$/), name: oddText }, { requiredKeys: ["hash"] }),
  workspaceId: keyText,
  region: fc.constantFrom("global", "europe", "us" as const),
  generationId: keyText,
  model: partial({ requested: modelName(), resolved: modelName() }),
  provider: fc.oneof(fc.constantFrom("OpenAI", "Google AI Studio"), oddText),
  input: arbitraryInput,
  output: arbitraryOutput,
  parameters: fc.dictionary(
    shortWord,
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), shortWord),
  ),
  contentParameters: jsonRecord,
  usage,
  cost,
  timing,
  finishReason: partial({ normalized: finishWord, native: oddText }),
  streamed: fc.boolean(),
  cancelled: fc.boolean(),
  error: partial({ status: fc.integer({ min: -1, max: 999 }), type: shortWord, message: oddText }),
  user: keyText,
  sessionId: keyText,
  tags: fc.array(oddText, { maxLength: 4 }),
  trace,
  generation,
  cut: fc.array(shortWord, { maxLength: 3 }),
};

const required = ["id", "operation", "model", "parameters", "timing", "streamed", "tags", "trace"] as const;

function modelName(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      "openai/gpt-5-mini",
      "gpt-4o",
      "meta-llama/llama-3.3-70b-instruct:free",
      "a/b/c",
      "/",
      "",
    ),
    oddText,
  );
}
