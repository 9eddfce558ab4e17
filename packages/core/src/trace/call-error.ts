import { isJsonObject } from "../json.ts";
import type { Json } from "../json.ts";
import type { CallError } from "./event.ts";
import { describeString } from "./media.ts";
import { wellFormedText } from "./well-formed.ts";

const shortCode = /^[\w.:/-]{1,100}$/;
const maxMessage = 20_000;

/**
 * What went wrong, from the `error` of an answer or of a chunk (an object, or just words) and the HTTP status. `undefined` where nothing
 * did. A code counts only as one short word, for free text may quote the prompt and is kept as the message.
 */
export function callErrorOf(error: unknown, status: number): CallError | undefined {
  const failed = status >= 400;
  if (!failed && !isError(error)) return undefined;
  const fields = isJsonObject(error) ? error : {};
  const metadata = isJsonObject(fields["metadata"]) ? fields["metadata"] : {};
  const code = statusOf(fields["code"]) ?? statusOf(fields["status"]) ?? (failed ? status : undefined);
  const type =
    codeOf(fields["type"]) ??
    codeOf(metadata["error_type"]) ??
    codeOf(fields["code"]) ??
    (failed ? `http_${status}` : undefined);
  const message = messageOf(typeof error === "string" ? error : fields["message"]);
  return {
    ...(code !== undefined && { status: code }),
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
  };
}

/** Whether the `error` of an answer says that something went wrong: some providers send an empty one with every answer. */
export function isError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== "" && error !== false;
}

function statusOf(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

function codeOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && shortCode.test(value) ? value : undefined;
}

function messageOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return wellFormedText(describeString(value).slice(0, maxMessage));
}
