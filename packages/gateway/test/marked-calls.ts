import { callTraceEvent } from "@tracecast/core";
import type { Json, StreamChunk, TraceEvent } from "@tracecast/core";

/** A call that ends up in the same fields as a chat, though the client or the provider wrote it otherwise. */
export interface MarkedCall {
  readonly event: TraceEvent;
  /** What was planted, by where it has to stand: at the places of that kind of content. */
  readonly marks: Readonly<Record<string, string>>;
}

const mark = (what: string): string => `canary-content-${what}-end`;

/** A text in pieces, as a stream brings it. */
function pieces(text: string, delta: (piece: string) => Json): readonly StreamChunk[] {
  return text.split(/(?=-)/).map((piece, index) => ({
    atMs: 1100 + index,
    data: { choices: [{ index: 0, finish_reason: null, ...(delta(piece) as object) }] },
  }));
}

const times = { startMs: 1000, endMs: 2000 };

/** A legacy completion, embeddings, and a chat and a completion whose answers came as streams. */
export const markedCalls: readonly MarkedCall[] = [
  {
    event: callTraceEvent({
      ...times,
      operation: "completion",
      request: { model: "m", prompt: mark("prompt") },
      response: {
        kind: "stream",
        status: 200,
        complete: true,
        chunks: pieces(mark("streamed-text"), (text) => ({ text })),
      },
    }),
    marks: { "completion.prompt": mark("prompt"), "completion.text": mark("streamed-text") },
  },
  {
    event: callTraceEvent({
      ...times,
      operation: "embeddings",
      request: { model: "m", input: mark("embedded") },
      response: { kind: "json", status: 200, body: { data: [{ embedding: [0.1, 0.2] }] } },
    }),
    marks: { "embeddings.input": mark("embedded") },
  },
  {
    event: callTraceEvent({
      ...times,
      operation: "chat",
      request: { model: "m", messages: [{ role: "user", content: [{ type: "text", text: mark("asked") }] }] },
      response: {
        kind: "stream",
        status: 200,
        complete: true,
        chunks: [
          ...pieces(mark("streamed-thought"), (reasoning) => ({ delta: { reasoning } })),
          ...pieces(mark("streamed-delta"), (content) => ({ delta: { content } })),
        ],
      },
    }),
    marks: {
      "input.user": mark("asked"),
      "output.reasoning": mark("streamed-thought"),
      "output.content": mark("streamed-delta"),
    },
  },
];
