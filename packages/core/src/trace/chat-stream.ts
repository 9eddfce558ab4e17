import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { MessageBuilder } from "./message-builder.ts";

/** A parsed event of a stream and when it arrived, in epoch milliseconds. */
export interface StreamChunk {
  readonly atMs: number;
  readonly data: Json;
}

/** A chat completion put together from its stream: the answer as it would have come in one piece. */
export interface FoldedChat {
  /** The answer's body: id, model, provider, choices, usage, and an error where one came. */
  readonly body: JsonObject;
  /** When the first chunk that says something arrived, in epoch milliseconds. */
  readonly firstTokenMs?: number;
  /** Whether any choice came to its end. */
  readonly finished: boolean;
}

// Fields of a chunk that are about the answer as a whole; the last one that says something counts.
const answerFields = [
  "id",
  "model",
  "provider",
  "created",
  "system_fingerprint",
  "service_tier",
  "usage",
  "error",
];

/** Puts a streamed chat completion together. Linear in the size of the stream; anything that is not a chunk is passed over. */
export function foldChatStream(chunks: readonly StreamChunk[]): FoldedChat {
  const body: Record<string, Json> = {};
  const choices = new Map<number, ChoiceBuilder>();
  let firstTokenMs: number | undefined;
  for (const { atMs, data } of chunks) {
    if (!isJsonObject(data)) continue;
    for (const field of answerFields) {
      const value = data[field];
      if (value !== undefined && value !== null) body[field] = value;
    }
    for (const choice of asArray(data["choices"])) {
      if (!isJsonObject(choice)) continue;
      const index = typeof choice["index"] === "number" ? choice["index"] : 0;
      const builder = choices.get(index) ?? new ChoiceBuilder(index);
      choices.set(index, builder);
      if (builder.add(choice)) firstTokenMs ??= atMs;
    }
  }
  const inOrder = [...choices.values()].toSorted((a, b) => a.index - b.index);
  return {
    body: { ...body, choices: inOrder.map((choice) => choice.build()) },
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    finished: inOrder.some(({ finished }) => finished),
  };
}

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

class ChoiceBuilder {
  readonly index: number;
  readonly #message = new MessageBuilder();
  readonly #fields: Record<string, Json> = {};
  readonly #logprobs = new Map<string, Json[]>();

  constructor(index: number) {
    this.index = index;
  }

  get finished(): boolean {
    return this.#fields["finish_reason"] !== undefined;
  }

  /** Answers whether the chunk says something. */
  add(choice: JsonObject): boolean {
    for (const field of ["finish_reason", "native_finish_reason"]) {
      const value = choice[field];
      if (value !== undefined && value !== null) this.#fields[field] = value;
    }
    this.#addLogprobs(choice["logprobs"]);
    const delta = choice["delta"];
    return isJsonObject(delta) && this.#message.add(delta);
  }

  build(): JsonObject {
    return {
      index: this.index,
      finish_reason: null,
      ...this.#fields,
      message: this.#message.build(),
      ...(this.#logprobs.size > 0 && { logprobs: Object.fromEntries(this.#logprobs) }),
    };
  }

  #addLogprobs(logprobs: unknown): void {
    if (!isJsonObject(logprobs)) return;
    for (const [kind, tokens] of Object.entries(logprobs)) {
      if (!Array.isArray(tokens)) continue;
      const known = this.#logprobs.get(kind) ?? [];
      for (const token of tokens as readonly Json[]) known.push(token);
      this.#logprobs.set(kind, known);
    }
  }
}
