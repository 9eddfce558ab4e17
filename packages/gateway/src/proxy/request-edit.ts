import { isUtf8 } from "node:buffer";
import { isJsonObject, parseJson } from "@tracecast/core";
import { memberValue, withoutMembers } from "./json-members.ts";

/** A request as the provider gets it. */
export interface EditedRequest {
  readonly body: Buffer;
  /** The gateway asked for usage and the client did not, so the client must not see it. */
  readonly usageIsOurs: boolean;
}

/** What is done to requests for one provider. */
export interface RequestEdits {
  /** Take `trace` and `session_id` out. */
  readonly stripTracingFields: boolean;
  /** Ask for usage in streams whose client did not. */
  readonly askForUsage: boolean;
}

const tracingFields: ReadonlySet<string> = new Set(["trace", "session_id"]);
// How an ASCII letter of a name may be spelled in JSON.
const escapedLetter = String.raw`\u00`;

/**
 * Edits the body of a request, member by member, and leaves every other byte as the client wrote it. What is no JSON object in UTF-8
 * is passed on as it is: the provider says what is wrong with it.
 */
export function editRequest(body: Buffer, edits: RequestEdits): EditedRequest {
  const unedited = { body, usageIsOurs: false };
  const strip = edits.stripTracingFields && mayName(body, ["trace", "session_id"]);
  const ask = edits.askForUsage && mayName(body, ["stream"]);
  if ((!strip && !ask) || !isUtf8(body)) return unedited;
  const text = body.toString("utf8");
  const request = parseJson(text);
  if (!isJsonObject(request)) return unedited;

  const stripped = strip ? withoutMembers(text, tracingFields) : text;
  const asking =
    ask && request["stream"] === true ? askingForUsage(stripped, request["stream_options"]) : undefined;
  const edited = asking ?? stripped;
  return { body: edited === text ? body : Buffer.from(edited), usageIsOurs: asking !== undefined };
}

function mayName(body: Buffer, names: readonly string[]): boolean {
  return names.some((name) => body.includes(`"${name}"`)) || body.includes(escapedLetter);
}

/** The text with `include_usage` set; `undefined` where the client asks already, or where its options are none to add to. */
function askingForUsage(text: string, options: unknown): string | undefined {
  if (options === undefined || options === null) {
    const others = withoutMembers(text, new Set(["stream_options"]));
    return others.replace("{", '{"stream_options":{"include_usage":true},');
  }
  if (!isJsonObject(options) || options["include_usage"] === true) return undefined;
  const place = memberValue(text, "stream_options");
  if (!place) return undefined;
  const value = withoutMembers(text.slice(place.start, place.end), new Set(["include_usage"]));
  const separator = /\{\s*\}\s*$/.test(value) ? "" : ",";
  return (
    text.slice(0, place.start) +
    value.replace("{", `{"include_usage":true${separator}`) +
    text.slice(place.end)
  );
}
