import { createServer } from "node:http";
import type { RequestListener, Server, ServerResponse } from "node:http";
import { version } from "../version.ts";

/** The HTTP server of the gateway: its own few paths, and everything else to the provider. */
export function createGatewayServer(proxy: RequestListener): Server {
  const server = createServer((request, response) => {
    if (isHealthCheck(request.url)) return answerHealth(response);
    proxy(request, response);
  });
  // A long prompt over a slow line takes its time; an answer may take longer still.
  server.requestTimeout = 0;
  return server;
}

const isHealthCheck = (url = ""): boolean => url === "/healthz" || url.startsWith("/healthz?");

function answerHealth(response: ServerResponse): void {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ status: "ok", version }));
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
