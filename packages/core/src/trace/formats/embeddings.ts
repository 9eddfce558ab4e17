import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import { foldChatStream } from "../chat-stream.ts";
import { costOf, usageOf } from "../usage.ts";
import type { OperationFormat } from "./format.ts";

/**
 * Embeddings. Of the vectors only their number and length are told.
 * @see https://platform.openai.com/docs/api-reference/embeddings
 */
export const embeddingsFormat: OperationFormat = {
  inputFields: ["input"],
  input: (request) => request["input"],
  read: ({ data, usage }) => ({
    output: describeVectors(data),
    usage: usageOf(usage),
    cost: costOf(usage),
  }),
  // There is no such stream; an error may come as one.
  fold: foldChatStream,
};

function describeVectors(data: Json | undefined): Json | undefined {
  if (!Array.isArray(data) || data.length === 0) return undefined;
  const [first] = data as readonly Json[];
  const dimensions = isJsonObject(first) ? dimensionsOf(first) : undefined;
  return { embeddings: data.length, ...(dimensions !== undefined && { dimensions }) };
}

function dimensionsOf({ embedding }: JsonObject): number | undefined {
  if (Array.isArray(embedding)) return embedding.length;
  // In Base64, four bytes a number.
  return typeof embedding === "string" ? Math.floor(Buffer.byteLength(embedding, "base64") / 4) : undefined;
}
