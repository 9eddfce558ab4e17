import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

// What comes in parts. A signature comes whole.
const textFields: ReadonlySet<string> = new Set(["text", "summary", "data"]);

interface Detail {
  readonly fields: Record<string, Json>;
  readonly texts: Map<string, string[]>;
}

/**
 * Puts OpenRouter's `reasoning_details` together from the deltas of a stream: one detail for each index and type.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export class ReasoningDetailsBuilder {
  readonly #details = new Map<string, Detail>();

  get size(): number {
    return this.#details.size;
  }

  /** Answers whether the deltas say something. */
  add(deltas: readonly Json[]): boolean {
    let says = false;
    for (const delta of deltas) {
      if (!isJsonObject(delta)) continue;
      const detail = this.#detailOf(delta);
      for (const [name, value] of Object.entries(delta)) if (addField(detail, name, value)) says = true;
    }
    return says;
  }

  build(): readonly Json[] {
    return [...this.#details.values()].map(({ fields, texts }) => {
      const joined = [...texts].map(([name, parts]) => [name, parts.join("")]);
      return { ...fields, ...(Object.fromEntries(joined) as JsonObject) };
    });
  }

  #detailOf({ index, type }: JsonObject): Detail {
    const key = `${typeof index === "number" ? index : 0} ${typeof type === "string" ? type : ""}`;
    const detail = this.#details.get(key) ?? { fields: {}, texts: new Map<string, string[]>() };
    this.#details.set(key, detail);
    return detail;
  }
}

function addField({ fields, texts }: Detail, name: string, value: Json | undefined): boolean {
  if (value === undefined || unsafeKeys.has(name)) return false;
  if (textFields.has(name) && typeof value === "string") {
    const parts = texts.get(name) ?? [];
    texts.set(name, parts);
    parts.push(value);
    return value !== "";
  }
  // The last value that says something counts; an empty one shows only that the field exists.
  if ((value !== null && value !== "") || fields[name] === undefined) fields[name] = value;
  return false;
}
