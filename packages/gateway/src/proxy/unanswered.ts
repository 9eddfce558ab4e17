import type { GatewayError } from "./answer-error.ts";

/** What a client is told when the provider gave no answer. */
export function unanswered(host: string, error: unknown): GatewayError {
  const { code = "" } = error as { code?: string };
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return {
      status: 504,
      type: "upstream_timeout",
      message: `The provider at ${host} did not answer in time; try again.`,
    };
  }
  const why = code ? ` (${code})` : "";
  return {
    status: 502,
    type: "upstream_unreachable",
    message: `The provider at ${host} cannot be reached${why}; try again later.`,
  };
}
