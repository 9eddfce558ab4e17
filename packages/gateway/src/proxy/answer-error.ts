import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";

/** An error of the gateway's own, in the shape that OpenAI clients read. */
export interface GatewayError {
  readonly status: number;
  readonly type: string;
  /** One sentence: what is wrong and what to do. */
  readonly message: string;
  /** When to come again, in seconds. */
  readonly retryAfterS?: number;
}

/** Answers with an error of the gateway's own. Does nothing where an answer has begun. */
export function answerError(response: ServerResponse, error: GatewayError): void {
  if (response.headersSent) return;
  const { status, type, message, retryAfterS } = error;
  const body = JSON.stringify({ error: { message, type, code: status } });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }),
  };
  // The reason is said anew: that of a provider whose head could not be passed on would fail here as it did there.
  response.writeHead(status, STATUS_CODES[status] ?? "", headers).end(body);
}
