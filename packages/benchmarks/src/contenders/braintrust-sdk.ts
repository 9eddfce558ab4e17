import type { TraceEvent } from "@tracecast/core";
import { initLogger } from "braintrust";
import type { ContenderFactory } from "../contender.ts";

/** The official `braintrust` SDK: one logger a destination, flushed in the background as it does by default. */
export const braintrustSdk: ContenderFactory = async ({ destinations, sink }) => {
  process.env["BRAINTRUST_QUEUE_DROP_EXCEEDING_MAXSIZE"] = "1000000";
  const loggers = Array.from({ length: destinations }, (_, n) =>
    initLogger({
      projectName: `d${n}`,
      projectId: `d${n}`,
      apiKey: "sk-benchmark",
      appUrl: sink,
      orgName: "o",
      setCurrent: false,
      asyncFlush: true,
    }),
  );
  return {
    publish(event: TraceEvent) {
      for (const logger of loggers) logger.log(rowOf(event));
    },
    async flush() {
      for (const logger of loggers) await logger.flush();
    },
    close: async () => undefined,
  };
};

function rowOf({ id, input, output, usage, cost, timing, model, user, sessionId, tags, trace }: TraceEvent) {
  return {
    id,
    input,
    output,
    tags,
    metadata: { ...trace.metadata, model: model.resolved, user, session_id: sessionId },
    metrics: {
      prompt_tokens: usage?.promptTokens ?? 0,
      completion_tokens: usage?.completionTokens ?? 0,
      tokens: usage?.totalTokens ?? 0,
      estimated_cost: cost?.totalUsd ?? 0,
      start: timing.startMs / 1000,
      end: timing.endMs / 1000,
    },
  };
}
