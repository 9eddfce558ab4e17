import type { Limits } from "../settings/limits.ts";
import type { GatewayError } from "./answer-error.ts";

/** There are too many requests. */
export const busy: GatewayError = {
  status: 503,
  type: "too_many_requests_under_way",
  message: "The gateway has as many requests under way as it takes; try again in a moment.",
  retryAfterS: 1,
};

/** A request is too large. */
export const tooLarge = ({ maxBodyBytes }: Limits): GatewayError => ({
  status: 413,
  type: "request_too_large",
  message: `The request is larger than ${inWords(maxBodyBytes)}; send less in one request.`,
});

/** There is no answer, and there was time enough for one. */
export const tookTooLong = ({ maxStreamMs }: Limits): GatewayError => ({
  status: 504,
  type: "answer_timeout",
  message: `The provider did not answer within the ${maxStreamMs / 1000} seconds that the gateway gives it; ask for less, or in a stream.`,
});

function inWords(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes} bytes`;
}
