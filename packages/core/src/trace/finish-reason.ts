import type { FinishReason, TraceEvent } from "./event.ts";

// What providers call the five reasons. A word that is not here is kept as the native reason only.
const normalized: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["eos", "stop"],
  ["completed", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["max_output_tokens", "length"],
  ["tool_calls", "tool_calls"],
  ["tool_call", "tool_calls"],
  ["tool_use", "tool_calls"],
  ["function_call", "tool_calls"],
  ["content_filter", "content_filter"],
  ["refusal", "content_filter"],
  ["safety", "content_filter"],
  ["error", "error"],
]);

const shortWord = /^[\w.:/-]{1,64}$/;

/** Why a model stopped, from the gateway's word and the provider's own, either of which may be missing. Only short words count. */
export function finishReasonOf(reason: unknown, nativeReason: unknown): TraceEvent["finishReason"] {
  const [word, ownWord] = [wordOf(reason), wordOf(nativeReason)];
  const native = ownWord ?? word;
  if (native === undefined) return undefined;
  const known = normalized.get((word ?? native).toLowerCase()) ?? normalized.get(native.toLowerCase());
  return { ...(known && { normalized: known }), native };
}

function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && shortWord.test(value) ? value : undefined;
}
