import { isJsonObject } from "../json.ts";
import type { Json, JsonObject } from "../json.ts";
import type { GenerationDetails } from "./generation-details.ts";
import { describeMedia } from "./media.ts";
import { present } from "./present.ts";
import { count } from "./usage.ts";
import { wellFormed, wellFormedText } from "./well-formed.ts";

/** What the headers of a call say of its client and its request. */
export interface CallHeaders {
  /** The client's `X-OpenRouter-Title`, else `X-Title`. */
  readonly appTitle?: string | undefined;
  readonly httpReferer?: string | undefined;
  readonly origin?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The answer's `x-request-id`, else `request-id`. */
  readonly requestId?: string | undefined;
}

const maxHeaderLength = 1000;
const maxUsageLength = 64 * 1024;
const maxDepth = 16;
const shortWord = /^[\w.:/-]{1,64}$/;

/**
 * What a call's headers, request and answer say beyond the rest of its event; nothing in it is guessed. Takes any JSON and never throws.
 * @param said - the request's fields that hold what was asked
 */
export function generationDetailsOf(
  headers: CallHeaders,
  said: readonly (Json | undefined)[],
  answer: JsonObject,
): GenerationDetails | undefined {
  const usage = isJsonObject(answer["usage"]) ? answer["usage"] : {};
  return present({
    cost: present({ serverToolUse: serverToolUseOf(usage), upstreamUsage: rawUsage(usage) }),
    requestContext: present({
      // Anthropic says it beside the token counts.
      serviceTier: word(answer["service_tier"]) ?? word(usage["service_tier"]),
      ...mediaCounts(said, answer),
    }),
    identity: present(mapValues(headers, (value) => (value === undefined ? value : header(value)))),
  });
}

function serverToolUseOf(usage: JsonObject) {
  const raw = usage["server_tool_use"] ?? usage["server_tool_use_details"];
  const counts = isJsonObject(raw) ? raw : {};
  return present({
    webSearchRequests: count(counts["web_search_requests"]),
    webFetchRequests: count(counts["web_fetch_requests"]),
    codeExecutionRequests: count(counts["code_execution_requests"]),
    fileSearchRequests: count(counts["file_search_requests"]),
    imageGenerationRequests: count(counts["image_generation_requests"]),
  });
}

function rawUsage(raw: JsonObject): Json | undefined {
  // Nothing in it is too deep to be walked, then.
  const usage = wellFormed(describeMedia(raw));
  const size = JSON.stringify(usage).length;
  return size > 2 && size <= maxUsageLength ? usage : undefined;
}

function mediaCounts(said: readonly (Json | undefined)[], { choices, output, content }: JsonObject) {
  const asked = said.filter(isSaid);
  const answered = [choices, output, content].filter(isFilled);
  return {
    ...(asked.length > 0 && {
      mediaInPrompt: partsIn(asked, isMedia),
      audioInPrompt: partsIn(asked, isAudio),
    }),
    ...(answered.length > 0 && { mediaInCompletion: partsIn(answered, isMadeMedia) }),
  };
}

const isSaid = (field: Json | undefined): field is Json => field !== undefined && field !== null;
const isFilled = (field: Json | undefined): field is readonly Json[] =>
  Array.isArray(field) && field.length > 0;

// Parts of messages, in the shapes of OpenAI's chat and responses APIs and of Anthropic's messages.
const isAudio = ({ type }: JsonObject): boolean => type === "input_audio";
const media: ReadonlySet<unknown> = new Set([
  "image_url",
  "input_image",
  "image",
  "video_url",
  "input_video",
  "file",
  "input_file",
  "document",
  "input_audio",
]);
const isMedia = ({ type }: JsonObject): boolean => media.has(type);

/** A picture that was made, or a sound: it has an id or data, and its transcript beside it. */
function isMadeMedia({ type, transcript }: JsonObject): boolean {
  return type === "image_url" || type === "image_generation_call" || transcript !== undefined;
}

/** How many parts of messages are of a kind; what is inside one of them does not count again. */
function partsIn(value: Json | undefined, isOne: (part: JsonObject) => boolean, depth = 0): number {
  if (depth > maxDepth || typeof value !== "object" || value === null) return 0;
  if (isJsonObject(value) && isOne(value)) return 1;
  const children = isJsonObject(value) ? places.map((name) => value[name]) : value;
  return children.reduce<number>((sum, child) => sum + partsIn(child, isOne, depth + 1), 0);
}

// Where parts stand; anywhere else, such as in the arguments of a tool, what looks like one is something else.
const places = ["content", "message", "images", "audio", "output"];

const header = (value: string): string | undefined =>
  wellFormedText(value).slice(0, maxHeaderLength).toWellFormed() || undefined;

const word = (value: Json | undefined): string | undefined =>
  typeof value === "string" && shortWord.test(value) ? value : undefined;

function mapValues<T extends object>(fields: T, change: (value: T[keyof T]) => T[keyof T]): T {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, change(value as T[keyof T])]),
  ) as T;
}
