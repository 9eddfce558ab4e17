import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { MessageBuilder } from "./message-builder.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

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
  #logprobs: Record<string, Json[] | null> | null | undefined;

  constructor(index: number) {
    this.index = index;
  }

  get finished(): boolean {
    return (this.#fields["finish_reason"] ?? null) !== null;
  }

  /** Answers whether the chunk says something. */
  add(choice: JsonObject): boolean {
    // Plain data from JSON: nothing is inherited, and `for in` makes no list of the keys.
    for (const key in choice) {
      const value = choice[key];
      if (value === undefined || key === "delta" || key === "logprobs" || unsafeKeys.has(key)) continue;
      if (value !== null || this.#fields[key] === undefined) this.#fields[key] = value;
    }
    const { delta, logprobs } = choice;
    this.#addLogprobs(logprobs);
    return isJsonObject(delta) && this.#message.add(delta);
  }

  build(): JsonObject {
    return {
      finish_reason: null,
      ...this.#fields,
      index: this.index,
      message: this.#message.build(),
      ...(this.#logprobs !== undefined && { logprobs: this.#logprobs }),
    };
  }

  #addLogprobs(logprobs: Json | undefined): void {
    if (logprobs === null) this.#logprobs ??= null;
    if (!isJsonObject(logprobs)) return;
    const kinds = (this.#logprobs ??= {});
    for (const [kind, tokens] of Object.entries(logprobs)) {
      if (unsafeKeys.has(kind)) continue;
      if (tokens === null) kinds[kind] ??= null;
      if (!Array.isArray(tokens)) continue;
      const known = (kinds[kind] ??= []);
      for (const token of tokens as readonly Json[]) known.push(token);
    }
  }
}
