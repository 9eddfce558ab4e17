import type { Json, JsonObject } from "../json.ts";
import { describeMedia } from "./media.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

/** A request's parameters, parted by whether they may quote content. */
export interface Parameters {
  /** Numbers, switches and short words that say how the model was to be run. */
  readonly parameters: JsonObject;
  /** Everything else: tools, formats, stop sequences, and what is not known to be harmless. Absent when there is nothing. */
  readonly contentParameters?: JsonObject;
}

// These have a place of their own in the event.
const elsewhere = new Set(["model", "stream", "user", "session_id", "trace", ...unsafeKeys]);

const harmless = new Set([
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "top_a",
  "max_tokens",
  "max_completion_tokens",
  "n",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "logprobs",
  "top_logprobs",
  "parallel_tool_calls",
  "max_tool_calls",
  "store",
  "service_tier",
  "reasoning_effort",
  "verbosity",
  "max_output_tokens",
  "truncation",
  "background",
  "best_of",
  "echo",
  "dimensions",
  "encoding_format",
]);

const toolChoices: ReadonlySet<unknown> = new Set(["auto", "none", "required"]);
const shortWord = /^[\w.:/-]{1,64}$/;

/** Parts the body of a request, without the fields that hold its input. By allow-list: what is not known to be harmless is content. */
export function parametersOf(body: JsonObject, inputFields: readonly string[]): Parameters {
  const parameters: Record<string, Json> = {};
  const rest: Record<string, Json> = {};
  for (const [key, value] of Object.entries(body)) {
    if (value === undefined || value === null || elsewhere.has(key) || inputFields.includes(key)) continue;
    if (isHarmless(key, value)) parameters[key] = value;
    else rest[key] = describeMedia(value);
  }
  return { parameters, ...(Object.keys(rest).length > 0 && { contentParameters: rest }) };
}

function isHarmless(key: string, value: Json): boolean {
  if (key === "tool_choice") return toolChoices.has(value);
  if (key === "stream_options") return isSwitches(value);
  if (key === "reasoning") return isReasoning(value);
  if (key === "thinking") return isThinking(value);
  if (!harmless.has(key)) return false;
  return typeof value === "number" || typeof value === "boolean" || isShortWord(value);
}

const isShortWord = (value: unknown): boolean => typeof value === "string" && shortWord.test(value);

/** `{ include_usage: true }`: known names, switches only. */
function isSwitches(value: Json): boolean {
  return isFlat(
    value,
    new Set(["include_usage", "include_obfuscation"]),
    (field) => typeof field === "boolean",
  );
}

/** OpenRouter's `{ effort, max_tokens, exclude, enabled }`. */
function isReasoning(value: Json): boolean {
  const names = new Set(["effort", "max_tokens", "exclude", "enabled", "summary"]);
  return isFlat(
    value,
    names,
    (field) => typeof field === "number" || typeof field === "boolean" || isShortWord(field),
  );
}

/** Anthropic's `{ type, budget_tokens }`. */
function isThinking(value: Json): boolean {
  const names = new Set(["type", "budget_tokens"]);
  return isFlat(value, names, (field) => typeof field === "number" || isShortWord(field));
}

function isFlat(value: Json, names: ReadonlySet<string>, fits: (field: unknown) => boolean): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, field]) => names.has(key) && fits(field));
}
