import { all, below, choices, messages, metadata, texts, upstreamUsage } from "./content-shapes.ts";
import type { Places } from "./content-shapes.ts";

// Places in an export are the names of attributes of the generation's span; those of the spans around it stand behind `wrapper `.

const conventionCalls = (path: string) => ["arguments.city", "id", "name"].map((field) => `${path}.${field}`);

/** Messages as the GenAI conventions have them. */
const conventionMessages: Places = {
  ...below("gen_ai.input.messages[]", {
    "input.system": [".parts[].content"],
    "input.name": [".name"],
    "input.user": [".parts[].content"],
    "input.image": [".parts[].image_url.url"],
    "input.file": [".parts[].content"],
    "input.assistant": [".parts[].content"],
    "input.tool_calls": conventionCalls(".parts[]"),
    "input.tool": [".parts[].id", ".parts[].response"],
  }),
  ...below("gen_ai.output.messages[]", {
    "output.content": [".parts[].content"],
    "output.refusal": [".refusal"],
    "output.reasoning": [".parts[].content"],
    "output.reasoning_details": [".reasoning_details[].text"],
    "output.tool_calls": conventionCalls(".parts[]"),
    "output.annotations": [".annotations[].url_citation.title"],
    "output.audio": [".audio.transcript"],
    "output.logprobs": [".logprobs.content[].token"],
  }),
  "completion.prompt": ["gen_ai.input.messages[].parts[].content"],
  "embeddings.input": ["gen_ai.input.messages[].parts[].content"],
  "completion.text": ["gen_ai.output.messages[].parts[].content"],
};

/** What every preset tells of content in the same place. */
const common: Places = {
  "contentParameters.tools": ["description", "name", "parameters.properties.*"].map(
    (field) => `gen_ai.tool.definitions[].${field}`,
  ),
  "contentParameters.tool_choice": ["tracecast.request.tool_choice.function.name"],
  "contentParameters.response_format": ["tracecast.request.response_format.json_schema.name"],
  "contentParameters.stop": ["gen_ai.request.stop_sequences[]"],
  "contentParameters.prediction": ["tracecast.request.prediction.content"],
  contentParameters: ["tracecast.request.*"],
  "error.message": ["(event).exception.message", "(span).status.message"],
};

/** What a model call is told under the conventions' names. */
const commonOpen: Places = {
  "model.requested": ["gen_ai.request.model"],
  "model.resolved": ["gen_ai.response.model"],
  "usage.promptTokens": ["gen_ai.usage.input_tokens"],
  "cost.totalUsd": ["gen_ai.usage.total_cost"],
};

/** What stands on every span of a trace. */
const onEverySpan = (places: Places): Places => all(places, below("wrapper ", places));

/** What groups traces: the keys of metadata begin with `custom`. */
const grouping = (custom: string, tags: string): Places =>
  onEverySpan({
    user: ["user.id"],
    sessionId: ["gen_ai.conversation.id", "session.id"],
    tags: [tags],
    ...metadata(custom),
  });

/** All that shows messages as the GenAI conventions have them, and metadata under `trace.metadata`. */
export const conventions = {
  content: { ...conventionMessages, ...common, ...upstreamUsage("trace.metadata.") },
  open: { ...commonOpen, ...grouping("trace.metadata.", "trace.tags[]") },
};

/** As {@link conventions}, with other names for metadata and tags. */
export const sentry = {
  content: { ...conventionMessages, ...common, ...upstreamUsage("metadata.") },
  open: { ...commonOpen, ...grouping("metadata.", "tags[]") },
};

/** Langfuse takes messages as OpenAI writes them. */
export const langfuse = {
  content: {
    ...messages("langfuse.observation.input"),
    ...choices("langfuse.observation.output"),
    ...texts("langfuse.observation.input", "langfuse.observation.output"),
    ...all(common, { "error.message": ["langfuse.observation.status_message"] }),
    ...upstreamUsage("langfuse.trace.metadata."),
  },
  open: all(
    commonOpen,
    grouping("langfuse.trace.metadata.", "langfuse.trace.tags[]"),
    onEverySpan({ "trace.metadata": ["langfuse.environment"] }),
    {
      "model.resolved": ["langfuse.observation.model.name"],
      "cost.totalUsd": ["langfuse.observation.cost_details.total"],
    },
  ),
};

/** A request and an answer as OpenAI writes them. */
const exchange: Places = {
  ...messages("gen_ai.prompt.messages"),
  ...choices("gen_ai.completion.choices"),
};

/** LangSmith finds threads by a key of the metadata. */
export const langsmith = {
  content: {
    ...exchange,
    ...texts("gen_ai.prompt.input", "gen_ai.completion.output"),
    ...common,
    ...upstreamUsage("langsmith.metadata."),
  },
  open: all(
    commonOpen,
    grouping("langsmith.metadata.", "langsmith.span.tags"),
    onEverySpan({ user: ["langsmith.metadata.user_id"], sessionId: ["langsmith.metadata.session_id"] }),
    {
      "model.resolved": ["langsmith.metadata.ls_model_name"],
      "usage.promptTokens": ["langsmith.usage_metadata.input_tokens"],
      "cost.totalUsd": ["langsmith.usage_metadata.total_cost"],
    },
  ),
};

/** Weave's threads are sessions. */
export const weave = {
  content: {
    ...exchange,
    ...texts("gen_ai.prompt.messages", "gen_ai.completion.choices"),
    ...common,
    ...upstreamUsage("trace.metadata."),
  },
  open: all(commonOpen, grouping("trace.metadata.", "trace.tags[]"), { sessionId: ["wandb.thread_id"] }),
};

const openInferenceCalls = (path: string) =>
  ["function.arguments.city", "function.name", "id"].map(
    (field) => `${path}.message.tool_calls[].tool_call.${field}`,
  );

/** OpenInference, which has messages one by one, and whole in `input.value` and `output.value`. */
export const openInference = {
  content: all(
    messages("input.value"),
    choices("output.value"),
    texts("input.value", "output.value"),
    below("llm.input_messages[]", {
      "input.system": [".message.content"],
      "input.name": [".message.name"],
      "input.user": [".message.contents[].message_content.text"],
      "input.image": [".message.contents[].message_content.image.image.url"],
      "input.file": [".message.contents[].message_content.text"],
      "input.assistant": [".message.content"],
      "input.tool_calls": openInferenceCalls(""),
      "input.tool": [".message.content", ".message.tool_call_id"],
    }),
    below("llm.output_messages[]", {
      "output.content": [".message.content"],
      "completion.text": [".message.content"],
      "output.tool_calls": openInferenceCalls(""),
    }),
    common,
    below("llm.tools[].tool.json_schema", {
      "contentParameters.tools": [
        ".function.description",
        ".function.name",
        ".function.parameters.properties.*",
      ],
    }),
    upstreamUsage("metadata."),
  ),
  open: all(commonOpen, grouping("metadata.", "tag.tags[]"), {
    "model.resolved": ["llm.model_name"],
    "usage.promptTokens": ["llm.token_count.prompt"],
    "cost.totalUsd": ["llm.cost.total"],
  }),
};
