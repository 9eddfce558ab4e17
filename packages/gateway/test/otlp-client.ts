// Exports one model call, and a span that is none, with OpenTelemetry's own exporter. A program of its own: tests load packages by a condition under
// which parts of OpenTelemetry cannot be loaded. Arguments: where to, the key, `json` or `protobuf`. Prints the trace id.
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

const [url = "", key = "", encoding] = process.argv.slice(2);
const Exporter = encoding === "protobuf" ? ProtobufExporter : JsonExporter;
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": "app" }),
  spanProcessors: [
    new SimpleSpanProcessor(new Exporter({ url, headers: { authorization: `Bearer ${key}` } })),
  ],
});
const tracer = provider.getTracer("app");
tracer.startSpan("http request").end();
const span = tracer.startSpan("chat gpt-4o", {
  attributes: {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.request.temperature": 0.5,
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.response.finish_reasons": ["tool_calls"],
    "gen_ai.conversation.id": "conversation 1",
    "gen_ai.input.messages": JSON.stringify([
      { role: "user", parts: [{ type: "text", content: "Weather in Zürich?" }] },
    ]),
    "gen_ai.output.messages": JSON.stringify([
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "c1", name: "weather", arguments: { city: "Zürich" } }],
        finish_reason: "tool_calls",
      },
    ]),
  },
});
span.end();
await provider.forceFlush();
await provider.shutdown();
process.stdout.write(span.spanContext().traceId);
