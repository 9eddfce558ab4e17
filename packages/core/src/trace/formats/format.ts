import type { Json, JsonObject } from "../../json.ts";
import type { StreamChunk } from "../chat-stream.ts";
import type { Cost, TraceEvent, Usage } from "../event.ts";

/** How one operation writes its requests and answers. Every function takes any JSON and never throws. */
export interface OperationFormat {
  /** The fields of a request that {@link input} reads. */
  readonly inputFields: readonly string[];
  /** What a request says to the model: messages as a chat has them where there are any. */
  readonly input: (request: JsonObject) => Json | undefined;
  /** Who the end user is, where a request says so in a field of its own besides `user`. */
  readonly user?: (request: JsonObject) => Json | undefined;
  readonly read: (answer: JsonObject) => AnswerFacts;
  /** Puts a stream together, as the answer would have come in one piece. */
  readonly fold: (chunks: readonly StreamChunk[]) => FoldedStream;
}

/** What an answer says beside its id, model, provider and error, which all operations write alike. */
export interface AnswerFacts {
  /** Choices as a chat has them where there are any. */
  readonly output?: Json | undefined;
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
  readonly finishReason?: TraceEvent["finishReason"];
  /** Where it is not under `error`. */
  readonly error?: Json | undefined;
}

/** An answer put together from its stream. */
export interface FoldedStream {
  readonly body: JsonObject;
  /** When the first piece that says something arrived, in epoch milliseconds. */
  readonly firstTokenMs?: number;
}
