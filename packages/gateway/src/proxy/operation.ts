import type { Operation } from "@tracecast/core";

const operations: Readonly<Record<string, Operation>> = {
  "chat/completions": "chat",
  completions: "completion",
  responses: "responses",
  messages: "messages",
  embeddings: "embeddings",
};

const path = new RegExp(`^(?:(?:/api)?/v1)?/(${Object.keys(operations).join("|")})/?(?:\\?|$)`);

/** Which call of a model a request is; undefined where it is none. */
export function operationOf(method: string | undefined, url: string | undefined): Operation | undefined {
  const name = method === "POST" ? path.exec(url ?? "")?.[1] : undefined;
  return name === undefined ? undefined : operations[name];
}
