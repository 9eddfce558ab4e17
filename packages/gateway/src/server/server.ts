import { createServer } from "node:http";
import type { RequestListener, Server, ServerResponse } from "node:http";
import type { Metrics } from "../metrics/metrics.ts";
import { version } from "../version.ts";

/** The HTTP server of the gateway: its own few paths, and everything else to the provider. */
export function createGatewayServer(proxy: RequestListener, metrics: Metrics): Server {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/healthz") return answerHealth(response);
    if (path === "/metrics") return answerMetrics(response, metrics);
    proxy(request, response);
  });
  // A long prompt over a slow line takes its time; an answer may take longer still.
  server.requestTimeout = 0;
  return server;
}

function answerHealth(response: ServerResponse): void {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ status: "ok", version }));
}

function answerMetrics(response: ServerResponse, metrics: Metrics): void {
  metrics.render().then(
    (text) => response.writeHead(200, { "content-type": metrics.contentType }).end(text),
    () => response.writeHead(500).end(),
  );
}

/**
 * Stops taking connections and waits for the answers in flight. What is not done after `timeoutMs` milliseconds is cut off.
 */
export async function stopServing(server: Server, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(timer);
}
