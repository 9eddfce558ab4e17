import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { isJsonObject, parseJson } from "@tracecast/core";
import { uuidv7 } from "uuidv7";
import { listen } from "../server/listen.ts";
import { complaintAbout, demoAnswer, streamedAnswer, wholeAnswer } from "./demo-answer.ts";

/** A provider of made-up answers, for trying things out without an account. */
export interface DemoProvider {
  /** The base of its API, such as `http://127.0.0.1:54321/v1`. */
  readonly url: string;
  close(): Promise<void>;
}

const betweenWordsMs = 8;

/** Starts the demo provider on a free port of the loopback address. It answers like OpenRouter does, with usage and cost. */
export async function startDemoProvider(): Promise<DemoProvider> {
  const server = createServer((request, response) => {
    // A client that goes away in the middle is all that can fail here.
    answer(request, response).catch(() => response.destroy());
  });
  const origin = await listen(server, "127.0.0.1", 0);
  return {
    url: `${origin}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "GET" && request.url === "/v1/models") {
    return sendJson(response, 200, { object: "list", data: [{ id: "tracecast/demo", object: "model" }] });
  }
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
    return sendJson(response, 404, {
      error: { message: "The demo provider answers POST /v1/chat/completions.", code: 404 },
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = parseJson(Buffer.concat(chunks).toString("utf8"));
  const complaint = complaintAbout(body);
  if (complaint || !isJsonObject(body)) return sendJson(response, 400, complaint ?? {});
  const made = demoAnswer(body, `gen-demo-${uuidv7()}`);
  if (body["stream"] !== true) return sendJson(response, 200, wholeAnswer(made));
  await sendStream(response, streamedAnswer(made));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function sendStream(response: ServerResponse, chunks: readonly object[]): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const chunk of chunks) {
    await pause(betweenWordsMs);
    if (response.destroyed) return;
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}
