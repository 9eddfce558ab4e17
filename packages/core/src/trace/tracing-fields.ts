import type { JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { boundedId, boundedMetadata, boundedName, boundedTags } from "./bounded.ts";
import type { Bounded } from "./bounded.ts";
import type { TraceEvent, TraceFields } from "./event.ts";
import { describeMedia } from "./media.ts";

/** What a request says about how it wants to be traced. */
export type TracingFields = Pick<TraceEvent, "tags" | "trace"> &
  Partial<Pick<TraceEvent, "user" | "sessionId" | "cut">>;

const reserved = {
  traceId: ["trace_id", boundedId],
  traceName: ["trace_name", boundedName],
  spanName: ["span_name", boundedName],
  generationName: ["generation_name", boundedName],
  parentSpanId: ["parent_span_id", boundedId],
} as const satisfies Partial<Record<keyof TraceFields, readonly [string, (raw: unknown) => Bounded<string>]>>;

const reservedKeys: ReadonlySet<string> = new Set(["tags", ...Object.values(reserved).map(([key]) => key)]);

/**
 * Reads `user`, `session_id` (else the header `x-session-id`) and the `trace` object of a request. Never throws: what is too long or of the
 * wrong kind is cut or left out, and its place is named in `cut`.
 */
export function tracingFieldsOf(body: JsonObject, sessionIdHeader?: string): TracingFields {
  const cut: string[] = [];
  const read = <T>(path: string, { value, cut: wasCut }: Bounded<T>): T | undefined => {
    if (wasCut) cut.push(path);
    return value;
  };
  const raw = body["trace"];
  const trace = isJsonObject(raw) ? raw : {};
  if (raw !== undefined && raw !== null && raw !== trace) cut.push("trace");

  const user = read("user", boundedId(body["user"]));
  const sessionId =
    read("session_id", boundedId(body["session_id"])) ?? read("x-session-id", boundedId(sessionIdHeader));
  const tags = read("trace.tags", boundedTags(trace["tags"])) ?? [];
  const names: Record<string, string> = {};
  for (const [field, [key, bound]] of Object.entries(reserved)) {
    const value = read(`trace.${key}`, bound(trace[key]));
    if (value !== undefined) names[field] = value;
  }
  const custom = Object.entries(trace).filter(([key]) => !reservedKeys.has(key));
  const { metadata, cutKeys } = boundedMetadata(
    custom.map(([key, value]) => [key, value === undefined ? value : describeMedia(value)]),
  );
  cut.push(...cutKeys.map((key) => `trace.${key}`));

  return {
    ...(user !== undefined && { user }),
    ...(sessionId !== undefined && { sessionId }),
    tags: [...tags],
    trace: { ...names, metadata },
    ...(cut.length > 0 && { cut }),
  };
}
