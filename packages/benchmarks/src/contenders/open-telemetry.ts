import type { TraceEvent } from "@tracecast/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { batchSize } from "../contender.ts";
import type { ContenderFactory } from "../contender.ts";

/** OpenTelemetry JS: one batch processor and one OTLP/HTTP JSON exporter a destination, with queues long enough to lose nothing. */
export const openTelemetry: ContenderFactory = async ({ destinations, sink }) => {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "benchmark" }),
    spanLimits: { attributeValueLengthLimit: Infinity },
    spanProcessors: Array.from({ length: destinations }, (_, n) => {
      const exporter = new OTLPTraceExporter({ url: `${sink}/otlp/d${n}`, concurrencyLimit: 100 });
      return new BatchSpanProcessor(exporter, {
        maxQueueSize: 100_000,
        maxExportBatchSize: batchSize,
        scheduledDelayMillis: 1000,
      });
    }),
  });
  const tracer = provider.getTracer("benchmark");
  return {
    publish(event: TraceEvent) {
      const { startMs, endMs } = event.timing;
      tracer.startSpan("chat", { startTime: startMs, attributes: attributesOf(event) }).end(endMs);
    },
    flush: () => provider.forceFlush(),
    close: () => provider.shutdown(),
  };
};

function attributesOf({ model, input, output, usage, cost, user, sessionId, trace }: TraceEvent) {
  const metadata = Object.entries(trace.metadata).map(([name, value]) => [
    `metadata.${name}`,
    JSON.stringify(value),
  ]);
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": model.requested ?? "",
    "gen_ai.response.model": model.resolved ?? "",
    "gen_ai.input.messages": JSON.stringify(input),
    "gen_ai.output.messages": JSON.stringify(output),
    "gen_ai.usage.input_tokens": usage?.promptTokens ?? 0,
    "gen_ai.usage.output_tokens": usage?.completionTokens ?? 0,
    "gen_ai.usage.cost": cost?.totalUsd ?? 0,
    "user.id": user ?? "",
    "session.id": sessionId ?? "",
    ...(Object.fromEntries(metadata) as Record<string, string>),
  };
}
