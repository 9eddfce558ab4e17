import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

/** Puts the tool calls of one message together from the deltas of a stream. */
export class ToolCallsBuilder {
  readonly #calls = new Map<number, CallBuilder>();
  readonly #places = new Map<string, number>();
  #highest = -1;
  #latest = 0;

  get size(): number {
    return this.#calls.size;
  }

  add(deltas: readonly Json[]): void {
    for (const delta of deltas) if (isJsonObject(delta)) this.#callOf(delta).add(delta);
  }

  build(): readonly Json[] {
    const inOrder = [...this.#calls].toSorted(([a], [b]) => a - b);
    return inOrder.map(([, call]) => call.build());
  }

  #callOf({ index, id }: JsonObject): CallBuilder {
    const name = typeof id === "string" && id !== "" ? id : undefined;
    const place = typeof index === "number" ? index : this.#placeOf(name);
    const call = this.#calls.get(place) ?? new CallBuilder();
    this.#calls.set(place, call);
    if (name !== undefined) this.#places.set(name, place);
    this.#highest = Math.max(this.#highest, place);
    this.#latest = place;
    return call;
  }

  /** Where a delta without an index belongs: to the call of its id, behind the others if its id is new, else to the latest. */
  #placeOf(id: string | undefined): number {
    return id === undefined ? this.#latest : (this.#places.get(id) ?? this.#highest + 1);
  }
}

class CallBuilder {
  readonly #fields: Record<string, Json> = {};
  readonly #named = new Map<string, NamedInputBuilder>();

  add(delta: JsonObject): void {
    for (const [key, value] of Object.entries(delta)) {
      if (key === "index") continue;
      // What is called: a function with arguments, or a custom tool with free input.
      if (isJsonObject(value) && (key === "function" || key === "custom")) {
        const named = this.#named.get(key) ?? new NamedInputBuilder();
        this.#named.set(key, named);
        named.add(value);
      } else keepFirst(this.#fields, key, value);
    }
  }

  build(): JsonObject {
    const named = [...this.#named].map(([key, builder]) => [key, builder.build()]);
    return { ...this.#fields, ...(Object.fromEntries(named) as JsonObject) };
  }
}

/** Puts `{ name, arguments }` or `{ name, input }` together; the input comes in parts. */
export class NamedInputBuilder {
  readonly #fields: Record<string, Json> = {};
  readonly #parts = new Map<string, string[]>();

  add(delta: JsonObject): void {
    for (const [key, value] of Object.entries(delta)) {
      if ((key !== "arguments" && key !== "input") || typeof value !== "string") {
        keepFirst(this.#fields, key, value);
        continue;
      }
      const parts = this.#parts.get(key) ?? [];
      this.#parts.set(key, parts);
      parts.push(value);
    }
  }

  build(): JsonObject {
    const inputs = [...this.#parts].map(([key, parts]) => [key, parts.join("")]);
    return { ...this.#fields, ...(Object.fromEntries(inputs) as JsonObject) };
  }
}

/** The first value that says something counts: some providers repeat the id and the name, empty. */
function keepFirst(fields: Record<string, Json>, key: string, value: Json | undefined): void {
  if (value === undefined || unsafeKeys.has(key)) return;
  const known = fields[key];
  if (known === undefined || known === null || known === "") fields[key] = value;
}
