/** Where the parts of something stand, by the name of the part. */
export type Places = Readonly<Record<string, readonly string[]>>;

/** All places of several; a part that more than one of them has stands in each. */
export function all(...several: readonly Places[]): Places {
  const parts = new Set(several.flatMap((places) => Object.keys(places)));
  return Object.fromEntries(
    [...parts].map((part) => [part, several.flatMap((places) => places[part] ?? [])]),
  );
}

/** The same places below a path. */
export function below(path: string, places: Places): Places {
  return Object.fromEntries(
    Object.entries(places).map(([part, within]) => [part, within.map((place) => path + place)]),
  );
}

/** Messages as a request has them. */
export const messages = (path: string): Places =>
  below(path, {
    "input.system": ["[].content"],
    "input.name": ["[].name"],
    "input.user": ["[].content[].text"],
    "input.image": ["[].content[].image_url.url"],
    "input.file": ["[].content[].text"],
    "input.assistant": ["[].content"],
    "input.tool_calls": calls("[].tool_calls[]"),
    "input.tool": ["[].content", "[].tool_call_id"],
  });

/** Choices as an answer has them. */
export const choices = (path: string): Places =>
  below(path, {
    "output.content": ["[].message.content"],
    "output.refusal": ["[].message.refusal"],
    "output.reasoning": ["[].message.reasoning"],
    "output.reasoning_details": ["[].message.reasoning_details[].text"],
    "output.tool_calls": calls("[].message.tool_calls[]"),
    "output.annotations": ["[].message.annotations[].url_citation.title"],
    "output.audio": ["[].message.audio.transcript"],
    "output.logprobs": ["[].logprobs.content[].token"],
  });

const calls = (path: string): readonly string[] => [
  `${path}.function.arguments.city`,
  `${path}.function.name`,
  `${path}.id`,
];

/** A prompt or what is embedded, as a request has it, and the choices of a legacy completion, told as a chat's. */
export const texts = (input: string, choices: string): Places => ({
  "completion.prompt": [input],
  "embeddings.input": [input],
  "completion.text": [`${choices}[].message.content`],
});

/** Tools as a request has them. */
export const tools = (path: string): Places =>
  below(path, {
    "contentParameters.tools": [
      "[].function.description",
      "[].function.name",
      "[].function.parameters.properties.*",
    ],
  });

/** The parameters with content, but for the tools, as a request has them. */
export const otherParameters = (path: string): Places =>
  below(path, {
    "contentParameters.tool_choice": [".tool_choice.function.name"],
    "contentParameters.response_format": [".response_format.json_schema.name"],
    "contentParameters.stop": [".stop[]"],
    "contentParameters.prediction": [".prediction.content"],
    contentParameters: [".*"],
  });

/** All parameters with content as a request has them. */
export const parameters = (path: string): Places => all(tools(`${path}.tools`), otherParameters(path));

/** The provider's own words on its usage, which stand among the metadata where they are asked for. The path ends before the key. */
export const upstreamUsage = (metadata: string): Places => ({
  "generation.cost.upstreamUsage": [`${metadata}openrouter_generation.upstream_raw_response_usage`],
});

/** Custom metadata. The path ends before the keys. */
export const metadata = (path: string): Places => ({
  "trace.metadata": [`${path}*`, `${path}environment`, `${path}nested.list[]`],
});
