import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Destination } from "@tracecast/core";
import { resolve as resolveModule } from "import-meta-resolve";
import { destinationTypes } from "../destination-types.ts";
import { readConfigFile } from "./config-file.ts";
import { asDestination, looksLikeDestination } from "./destination-check.ts";
import type { Environment } from "./expand-variables.ts";
import { SettingsError } from "./settings-error.ts";

/**
 * The destination types there are: those that Tracecast comes with, and those of the plugins that a config file names.
 * @throws {@link SettingsError} where a plugin cannot be found or loaded, has no destination, has one that does not fit, or one of a type that
 * is there already
 */
export async function loadDestinationTypes(
  environment: Environment,
  configPath: string | undefined,
): Promise<readonly Destination[]> {
  if (configPath === undefined) return destinationTypes;
  const { plugins } = readConfigFile(configPath, environment);
  const types = [...destinationTypes];
  for (const plugin of plugins)
    for (const type of destinationsIn(await load(plugin, configPath), plugin)) {
      if (type.type === "local" || types.some((known) => known.type === type.type))
        throw new SettingsError(
          `The plugin "${plugin}" has a destination of the type "${type.type}", which is there already; give it another type.`,
        );
      types.push(type);
    }
  return types;
}

async function load(plugin: string, configPath: string): Promise<Readonly<Record<string, unknown>>> {
  const url = addressOf(plugin, configPath);
  try {
    return (await import(/* @vite-ignore */ url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split("\n") : ["it throws"];
    throw new SettingsError(`The plugin "${plugin}" cannot be loaded: ${reason}`);
  }
}

/** A path leads from the config file's folder; a package is looked for from there as Node.js does. */
function addressOf(plugin: string, configPath: string): string {
  const file = resolve(configPath);
  if (/^(?:\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(plugin)) {
    const path = resolve(dirname(file), plugin);
    if (existsSync(path)) return pathToFileURL(path).href;
    throw notFound(plugin, configPath);
  }
  try {
    return resolveModule(plugin, pathToFileURL(file).href);
  } catch {
    throw notFound(plugin, configPath);
  }
}

const notFound = (plugin: string, configPath: string): SettingsError =>
  new SettingsError(
    `The plugin "${plugin}" is not found from ${dirname(resolve(configPath))}: install and build it there, or correct "plugins" in ${configPath}.`,
  );

function destinationsIn(exports: Readonly<Record<string, unknown>>, plugin: string): readonly Destination[] {
  const found = Object.entries(exports).filter(([, value]) => looksLikeDestination(value));
  if (found.length === 0)
    throw new SettingsError(
      `The plugin "${plugin}" exports no destination; export what defineDestination answers with, by a name.`,
    );
  return found.map(([name, value]) => asDestination(value, `The plugin "${plugin}" exports "${name}"`));
}
