/** Where the provider is, ready to be asked: its origin, the base path of its API, and what its host tells about it. */
export interface UpstreamTarget {
  readonly origin: string;
  readonly host: string;
  /** Turns the path and query a client asked for into those the provider is asked for. Not a byte of the query changes. */
  pathFor(incoming: string): string;
  /** Whether it sends usage at the end of every stream, also to those who did not ask. */
  readonly sendsUsageUnasked: boolean;
}

/**
 * Reads a provider's URL. A bare origin is asked for the client's own path. Where the URL has a path, that is the base of the provider's
 * API, and a leading `/v1` or `/api/v1` of the client's path stands for it.
 */
export function upstreamTarget(url: string): UpstreamTarget {
  const { origin, host, hostname, pathname } = new URL(url);
  const base = pathname.replace(/\/+$/, "");
  return {
    origin,
    host,
    pathFor: (incoming) => {
      // A client that takes the gateway for a forward proxy names the whole URL.
      const path = incoming.replace(/^https?:\/\/[^/?]*/i, "");
      return base === "" ? path : base + path.replace(/^(?:\/api)?\/v1(?=[/?]|$)/, "");
    },
    // Source: https://openrouter.ai/docs/use-cases/usage-accounting, "usage in every response".
    sendsUsageUnasked: hostname === "openrouter.ai" || hostname.endsWith(".openrouter.ai"),
  };
}
