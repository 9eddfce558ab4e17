import { jsonFragment, known } from "@tracecast/core";
import type { JsonObject, TraceEvent } from "@tracecast/core";

/**
 * The `trace` of a file: the names that OpenRouter's own files have, so that what reads those reads these, and ours for what they have no
 * name for. Absent is unknown.
 *
 * @see https://openrouter.ai/docs/guides/features/broadcast/s3
 */
export function traceJson(event: TraceEvent): string {
  const { input, output, trace, tags } = event;
  const content = `${member("input", input)}${member("output", output)}`;
  const head = JSON.stringify({
    id: trace.traceId ?? event.id,
    name: trace.traceName,
    userId: event.user,
    sessionId: event.sessionId,
    apiKeyName: event.apiKey?.name,
    apiKeyHash: event.apiKey?.hash,
    workspaceId: event.workspaceId,
    dataRegion: event.region,
    timestamp: iso(event.timing.startMs),
    tags,
    metadata: trace.metadata,
  });
  const observation = JSON.stringify(observationOf(event));
  return `${head.slice(0, -1)}${content},"observations":[${observation.slice(0, -1)}${content}}]}`;
}

function observationOf(event: TraceEvent): JsonObject {
  const { trace, timing, model, cost, finishReason, error, contentParameters } = event;
  return known({
    id: event.id,
    generationId: event.generationId,
    parentObservationId: trace.parentSpanId,
    type: "GENERATION",
    operation: event.operation,
    name: trace.generationName ?? model.resolved ?? model.requested,
    spanName: trace.spanName,
    startTime: iso(timing.startMs),
    firstTokenTime: timing.firstTokenMs === undefined ? undefined : iso(timing.firstTokenMs),
    endTime: iso(timing.endMs),
    timeline: known({
      firstTokenMs: timing.firstTokenMs === undefined ? undefined : timing.firstTokenMs - timing.startMs,
      providerBodyEndMs: timing.endMs - timing.startMs,
    }),
    model: model.resolved ?? model.requested,
    modelRequested: model.requested,
    modelParameters: { ...event.parameters, ...contentParameters },
    providerName: event.provider,
    ...tokensOf(event),
    inputCost: cost?.inputUsd,
    outputCost: cost?.outputUsd,
    totalCost: cost?.totalUsd,
    cost,
    level: error ? "ERROR" : "DEFAULT",
    statusCode: error?.status,
    statusMessage: error?.message,
    errorType: error?.type,
    finishReason: finishReason?.native,
    normalizedFinishReason: finishReason?.normalized,
    streamed: event.streamed,
    cancelled: event.cancelled,
    cut: event.cut,
    metadata: trace.metadata,
  });
}

function tokensOf({ usage }: TraceEvent): JsonObject {
  if (!usage) return {};
  const { cacheWrite5mTokens, cacheWrite1hTokens } = usage;
  const isSplit = cacheWrite5mTokens !== undefined || cacheWrite1hTokens !== undefined;
  return {
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    totalTokens: usage.totalTokens,
    promptTokensDetails: known({
      cachedTokens: usage.cachedTokens,
      cacheWriteTokens: usage.cacheWriteTokens,
      audioTokens: usage.promptAudioTokens,
      cacheCreation: isSplit
        ? known({
            ephemeral_5m_input_tokens: cacheWrite5mTokens,
            ephemeral_1h_input_tokens: cacheWrite1hTokens,
          })
        : undefined,
    }),
    completionTokensDetails: known({
      reasoningTokens: usage.reasoningTokens,
      audioTokens: usage.completionAudioTokens,
      imageTokens: usage.completionImageTokens,
    }),
  };
}

const member = (name: string, value: TraceEvent["input"]) =>
  value === undefined ? "" : `,"${name}":${jsonFragment(value)}`;

const iso = (epochMs: number) => new Date(epochMs).toISOString();
