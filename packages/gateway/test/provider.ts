import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider whose every answer a test writes itself. */
export interface ScriptedProvider {
  readonly url: string;
  /** What arrived, in order. */
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly string[];
    readonly body: Buffer;
  }[];
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void | Promise<void>;
  close(): Promise<void>;
}

/** Starts one on a free port of the loopback address. */
export async function startProvider(): Promise<ScriptedProvider> {
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    provider.requests.push({
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.rawHeaders,
      body,
    });
    await provider.answer(request, response, body);
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const provider: ScriptedProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: (_, response) => void response.end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Answers with an event stream: each entry one event. */
export function sendEvents(response: ServerResponse, events: readonly unknown[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events)
    response.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
  response.end();
}
