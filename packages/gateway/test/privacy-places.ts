import {
  all,
  below,
  choices,
  messages,
  metadata,
  otherParameters,
  parameters,
  texts,
  tools,
  upstreamUsage,
} from "./content-shapes.ts";
import type { Places } from "./content-shapes.ts";
import { conventions, langfuse, langsmith, openInference, sentry, weave } from "./privacy-places-otlp.ts";

/** Where a type shows what. */
export interface Row {
  /** Each kind of content; one that the type declares as not carried is not in it. */
  readonly content: Places;
  /** What a destination in privacy mode is still told. */
  readonly open: Places;
}

const braintrust: Row = {
  content: below("events[].", {
    ...messages("input"),
    ...choices("output"),
    ...texts("input", "output"),
    // Shown as the message that a user would have written.
    "completion.prompt": ["input[].content"],
    ...parameters("metadata"),
    "error.message": ["error"],
    ...upstreamUsage("metadata."),
  }),
  open: below("events[].", {
    "model.requested": ["metadata.model_requested"],
    "model.resolved": ["metadata.model", "metadata.model_slug"],
    user: ["metadata.user_id"],
    sessionId: ["metadata.session_id"],
    tags: ["tags[]"],
    ...metadata("metadata."),
    "usage.promptTokens": ["metrics.prompt_tokens"],
    "cost.totalUsd": ["metrics.cost", "metrics.estimated_cost"],
  }),
};

/** The rows of the warehouses are the same; how a request holds them and whether columns are called in upper case is not. */
function warehouse(path: string, called: (column: string) => string = (column) => column): Row {
  const at = (column: string) => path + called(column);
  return {
    content: {
      ...messages(`${at("INPUT")}.messages`),
      ...choices(`${at("OUTPUT")}.choices`),
      ...texts(at("INPUT"), `${at("OUTPUT")}.choices`),
      ...parameters(at("MODEL_PARAMETERS")),
      "error.message": [`${at("ATTRIBUTES")}.error.message`],
      ...upstreamUsage(`${at("METADATA")}.`),
    },
    open: {
      "model.requested": [`${at("ATTRIBUTES")}.model_requested`],
      "model.resolved": [at("MODEL")],
      user: [at("USER_ID")],
      sessionId: [at("SESSION_ID")],
      tags: [`${at("TAGS")}[]`],
      ...metadata(`${at("METADATA")}.`),
      "usage.promptTokens": [at("PROMPT_TOKENS"), `${at("ATTRIBUTES")}.usage.promptTokens`],
      "cost.totalUsd": [at("TOTAL_COST"), `${at("ATTRIBUTES")}.cost.totalUsd`],
    },
  };
}

const datadogCalls = (path: string): readonly string[] =>
  ["arguments.city", "name", "tool_id"].map((field) => `${path}.tool_calls[].${field}`);

const datadog: Row = {
  content: below("data.attributes.spans[].", {
    ...below("meta.input.messages[]", {
      "input.system": [".content"],
      "input.user": [".content"],
      "input.image": [".content"],
      "input.file": [".content"],
      "input.assistant": [".content"],
      "input.tool_calls": datadogCalls(""),
      "input.tool": [".content", ".tool_id"],
    }),
    ...below("meta.output.messages[]", {
      "output.content": [".content"],
      "output.refusal": [".content"],
      "output.reasoning": [".content"],
      "output.audio": [".content"],
      "output.tool_calls": datadogCalls(""),
    }),
    "completion.prompt": ["meta.input.value"],
    "embeddings.input": ["meta.input.value"],
    "completion.text": ["meta.output.messages[].content"],
    "contentParameters.tools": ["description", "name", "schema.properties.*"].map(
      (field) => `meta.tool_definitions[].${field}`,
    ),
    ...otherParameters("meta.metadata"),
    "error.message": ["meta.error.message"],
    ...upstreamUsage("meta.metadata."),
  }),
  open: below("data.attributes.spans[].", {
    "model.requested": ["meta.metadata.model_requested"],
    "model.resolved": ["meta.metadata.model_name", "meta.metadata.model_slug"],
    user: ["meta.metadata.user_id", "tags[]"],
    sessionId: ["session_id", "tags[]"],
    tags: ["tags[]"],
    ...metadata("meta.metadata."),
    "usage.promptTokens": ["metrics.input_tokens"],
    "cost.totalUsd": ["metrics.total_cost"],
  }),
};

/** The event as the model has it: what `tracecast replay` reads. */
const asItIs: Row = {
  content: {
    ...messages("input"),
    ...choices("output"),
    ...texts("input", "output"),
    ...parameters("contentParameters"),
    "error.message": ["error.message"],
    ...upstreamUsage("trace.metadata."),
  },
  open: {
    "model.requested": ["model.requested"],
    "model.resolved": ["model.resolved"],
    user: ["user"],
    sessionId: ["sessionId"],
    tags: ["tags[]"],
    ...metadata("trace.metadata."),
    "usage.promptTokens": ["usage.promptTokens"],
    "cost.totalUsd": ["cost.totalUsd"],
  },
};

const opikContent = (path: string): Places =>
  below(path, {
    ...messages("input.messages"),
    ...choices("output.choices"),
    ...texts("input", "output.choices"),
    ...parameters("metadata"),
    "error.message": ["error_info.message", "error_info.traceback"],
    ...upstreamUsage("metadata."),
  });

const opikOpen = (path: string): Places =>
  below(path, {
    "model.requested": ["metadata.model_requested"],
    "model.resolved": ["metadata.model_resolved"],
    user: ["metadata.user_id"],
    sessionId: ["metadata.session_id"],
    tags: ["tags[]"],
    ...metadata("metadata."),
    "cost.totalUsd": ["metadata.cost.totalUsd"],
  });

const opik: Row = {
  content: all(opikContent("traces[]."), opikContent("spans[].")),
  open: all(opikOpen("traces[]."), opikOpen("spans[]."), {
    "model.resolved": ["spans[].model"],
    sessionId: ["traces[].thread_id"],
    "usage.promptTokens": ["spans[].usage.original_usage.prompt_tokens", "spans[].usage.prompt_tokens"],
    "cost.totalUsd": ["spans[].total_estimated_cost"],
  }),
};

const posthog: Row = {
  content: below("batch[].properties.", {
    ...messages("$ai_input"),
    ...choices("$ai_output_choices"),
    ...texts("$ai_input", "$ai_output_choices"),
    ...tools("$ai_tools"),
    ...otherParameters("$ai_model_parameters"),
    "error.message": ["$ai_error.message"],
    ...upstreamUsage("metadata_"),
  }),
  open: {
    user: ["batch[].distinct_id"],
    ...below("batch[].properties.", {
      "model.requested": ["model_requested"],
      "model.resolved": ["$ai_model"],
      sessionId: ["$ai_session_id"],
      tags: ["tags[]"],
      ...metadata("metadata_"),
      "usage.promptTokens": ["$ai_input_tokens", "usage.promptTokens"],
      "cost.totalUsd": ["$ai_total_cost_usd", "cost.totalUsd"],
    }),
  },
};

const raindrop: Row = {
  content: below("[].", {
    "input.system": ["properties.system_prompt"],
    "input.user": ["ai_data.input"],
    "input.file": ["ai_data.input"],
    "output.content": ["ai_data.output"],
    "output.refusal": ["ai_data.output"],
    "output.audio": ["ai_data.output"],
    "output.tool_calls": ["ai_data.output"],
    "output.reasoning": ["properties.reasoning"],
    "completion.prompt": ["ai_data.input"],
    "embeddings.input": ["ai_data.input"],
    "completion.text": ["ai_data.output"],
    ...parameters("properties.parameters"),
    "error.message": ["properties.error_message"],
    ...upstreamUsage("properties."),
  }),
  open: below("[].", {
    "model.requested": ["properties.model_requested"],
    "model.resolved": ["properties.model"],
    user: ["user_id"],
    // Beside the texts where there are any, which there are not in privacy mode.
    sessionId: ["properties.convo_id"],
    tags: ["properties.tags[]"],
    ...metadata("properties."),
    "usage.promptTokens": ["properties.prompt_tokens"],
    "cost.totalUsd": ["properties.total_cost"],
  }),
};

const s3: Row = {
  content: {
    ...all(messages("trace.input"), messages("trace.observations[].input")),
    ...all(choices("trace.output"), choices("trace.observations[].output")),
    ...all(
      texts("trace.input", "trace.output"),
      texts("trace.observations[].input", "trace.observations[].output"),
    ),
    ...parameters("trace.observations[].modelParameters"),
    "error.message": ["trace.observations[].statusMessage"],
    ...all(upstreamUsage("trace.metadata."), upstreamUsage("trace.observations[].metadata.")),
  },
  open: {
    "model.requested": ["trace.observations[].modelRequested"],
    "model.resolved": ["trace.observations[].model"],
    user: ["trace.userId"],
    sessionId: ["trace.sessionId"],
    tags: ["trace.tags[]"],
    ...all(metadata("trace.metadata."), metadata("trace.observations[].metadata.")),
    "usage.promptTokens": ["trace.observations[].promptTokens"],
    "cost.totalUsd": ["trace.observations[].cost.totalUsd", "trace.observations[].totalCost"],
  },
};

/**
 * The privacy matrix: where each destination type shows each kind of content, and where a destination in privacy mode finds what it is still told.
 * The indexes of lists are left out; what is planted in a name stands as `*`.
 */
export const privacyPlaces: Readonly<Record<string, Row>> = {
  arize: openInference,
  bigquery: warehouse("rows[].json.", (column) => column.toLowerCase()),
  braintrust,
  clickhouse: warehouse(""),
  console: asItIs,
  datadog,
  elastic: conventions,
  file: asItIs,
  grafana: conventions,
  langfuse,
  langsmith,
  newrelic: conventions,
  opik,
  "otel-collector": conventions,
  otlp: conventions,
  posthog,
  raindrop,
  ramp: conventions,
  s3,
  sentry,
  snowflake: warehouse("bindings.1.value[]."),
  weave,
  webhook: conventions,
};
