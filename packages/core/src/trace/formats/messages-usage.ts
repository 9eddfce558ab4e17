import { isJsonObject } from "../../json.ts";
import type { Usage } from "../event.ts";
import { usageOf } from "../usage.ts";

/**
 * Token counts as Anthropic reports them. Its `input_tokens` are those that were neither read from a cache nor written to one; a trace event's
 * prompt tokens are all of them.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
 */
export function messagesUsage(raw: unknown): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const count = (name: string) => (typeof raw[name] === "number" ? raw[name] : undefined);
  const [input, output] = [count("input_tokens"), count("output_tokens")];
  const [read, written] = [count("cache_read_input_tokens"), count("cache_creation_input_tokens")];
  const prompt = input === undefined ? undefined : input + (read ?? 0) + (written ?? 0);
  return usageOf({
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt === undefined || output === undefined ? undefined : prompt + output,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
    cache_creation: raw["cache_creation"],
  });
}
