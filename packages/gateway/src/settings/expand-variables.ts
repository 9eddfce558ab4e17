import { isJsonObject } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import { SettingsError } from "./settings-error.ts";

/** The environment a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Puts the environment's values where a string says `${NAME}`.
 * @throws {@link SettingsError} naming the variable that is not set, and where it is asked for.
 */
export function expandVariables(value: Json, environment: Environment, path: string): Json {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const found = environment[name];
      if (found === undefined || found === "") {
        throw new SettingsError(`${path} asks for the environment variable ${name}, which is not set.`);
      }
      return found;
    });
  }
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((item, index) =>
      expandVariables(item, environment, `${path}[${index}]`),
    );
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      child === undefined ? child : expandVariables(child, environment, path ? `${path}.${key}` : key),
    ]),
  );
}
