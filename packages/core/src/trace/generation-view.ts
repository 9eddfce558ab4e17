import type { JsonObject } from "../json.ts";
import type { TraceEvent } from "./event.ts";
import type { GenerationBlocks } from "./generation-details.ts";
import { present } from "./present.ts";

/** Where the blocks of a generation stand in a trace's metadata. Custom metadata may not call anything so. */
const place = "openrouter_generation";

/**
 * The event as an encoder sees it: the blocks that its destination asked for are among its metadata, as `openrouter_generation`, under OpenRouter's names;
 * of the others there is nothing. A custom key of that name goes by `trace.openrouter_generation`.
 * @see https://openrouter.ai/docs/guides/features/broadcast
 */
export function generationView(event: TraceEvent, blocks: GenerationBlocks): TraceEvent {
  const { generation, ...rest } = event;
  const { metadata } = event.trace;
  const block = present({
    ...((blocks.cost || blocks.requestContext) && requestContextOf(event)),
    ...(blocks.cost && costOf(event)),
    ...(blocks.identity && identityOf(event)),
  });
  if (!block && !Object.hasOwn(metadata, place)) return generation ? rest : event;
  return {
    ...rest,
    trace: {
      ...event.trace,
      metadata: { ...renamed(metadata), ...(block && { [place]: block }) },
    },
  };
}

/** The metadata that all calls of a trace may have in common: the blocks of a generation are of one alone. */
export function sharedMetadata(metadata: JsonObject): JsonObject {
  if (!Object.hasOwn(metadata, place)) return metadata;
  const { [place]: _, ...shared } = metadata;
  return shared;
}

/** The event with no more of a generation's details than a destination, or several, asked for. */
export function withAskedDetails(event: TraceEvent, blocks: GenerationBlocks): TraceEvent {
  const { generation, ...rest } = event;
  if (!generation) return event;
  const { cost, requestContext, identity } = generation;
  const asked = present({
    cost: blocks.cost ? cost : undefined,
    // What a price depends on belongs to the cost.
    requestContext: blocks.cost || blocks.requestContext ? requestContext : undefined,
    identity: blocks.identity ? identity : undefined,
  });
  return asked ? { ...rest, generation: asked } : rest;
}

function costOf({ cost, usage, generation, streamed, cancelled }: TraceEvent): JsonObject {
  const { serverToolUse: tools, upstreamUsage } = generation?.cost ?? {};
  return {
    usage: cost?.totalUsd,
    usage_is_estimated: cost?.estimated,
    usage_upstream: cost?.upstreamTotalUsd,
    is_byok: cost?.byok,
    byok_usage_inference: cost?.byok ? cost.upstreamTotalUsd : undefined,
    cache_write_tokens: usage?.cacheWriteTokens,
    cache_creation: present({
      ephemeral_5m_input_tokens: usage?.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: usage?.cacheWrite1hTokens,
    }),
    native_server_tool_use: present({
      web_search_requests: tools?.webSearchRequests,
      web_fetch_requests: tools?.webFetchRequests,
      code_execution_requests: tools?.codeExecutionRequests,
      file_search_requests: tools?.fileSearchRequests,
      image_generation_requests: tools?.imageGenerationRequests,
    }),
    upstream_raw_response_usage: upstreamUsage,
    streamed,
    cancelled,
  };
}

function requestContextOf({ operation, model, region, parameters, generation }: TraceEvent): JsonObject {
  const { serviceTier, mediaInPrompt, audioInPrompt, mediaInCompletion } = generation?.requestContext ?? {};
  return {
    model: model.resolved ?? model.requested,
    // OpenRouter has one name for all that makes texts.
    api_type: operation === "embeddings" ? "embeddings" : "completions",
    data_region: region,
    requested_service_tier: parameters["service_tier"],
    routed_service_tier: serviceTier,
    service_tier: serviceTier,
    num_media_prompt: mediaInPrompt,
    num_input_audio_prompt: audioInPrompt,
    num_media_completion: mediaInCompletion,
  };
}

function identityOf({
  apiKey,
  user,
  sessionId,
  workspaceId,
  generationId,
  generation,
}: TraceEvent): JsonObject {
  const { appTitle, httpReferer, origin, userAgent, requestId } = generation?.identity ?? {};
  return {
    app_title: appTitle,
    http_referer: httpReferer,
    origin,
    user_agent: userAgent,
    request_id: requestId,
    upstream_id: generationId,
    api_key_hash: apiKey?.hash,
    api_key_name: apiKey?.name,
    external_user: user,
    session_id: sessionId,
    workspace_id: workspaceId,
  };
}

/** Metadata whose keys leave the reserved name free. */
function renamed(metadata: JsonObject): JsonObject {
  if (!Object.hasOwn(metadata, place)) return metadata;
  const { [place]: taken, ...rest } = metadata;
  let free = `trace.${place}`;
  while (Object.hasOwn(rest, free)) free = `trace.${free}`;
  return { ...rest, [free]: taken };
}
