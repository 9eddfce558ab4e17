// A provider that answers every chat at once, plain or streamed. Prints its port.
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const words = Array.from({ length: 120 }, (_, place) => `word${place} `);
const usage = { prompt_tokens: 1200, completion_tokens: 120, total_tokens: 1320 };
const common = { id: "chatcmpl-bench", created: 1_767_323_045, model: "gpt-4o-2024-08-06" };
const plain = JSON.stringify({
  ...common,
  object: "chat.completion",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: words.join("") } }],
  usage,
});
const event = (body: object) =>
  `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", ...body })}\n\n`;
const events = [
  ...words.map((content) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
  event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  event({ choices: [], usage }),
  "data: [DONE]\n\n",
];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const isStreamed = Buffer.concat(chunks).includes('"stream":true');
    response.setHeader("content-type", isStreamed ? "text/event-stream" : "application/json");
    if (isStreamed) sendEvents(response, 0);
    else response.end(plain);
  });
});

/** A few events a turn, as a model's words come, but without its pauses. */
function sendEvents(response: ServerResponse, from: number): void {
  for (const text of events.slice(from, from + 4)) response.write(text);
  if (from + 4 >= events.length) response.end();
  else setImmediate(() => sendEvents(response, from + 4));
}

server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
