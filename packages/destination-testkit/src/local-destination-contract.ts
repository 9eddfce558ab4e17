import { configRules } from "./contract/config-rules.ts";
import { encodeRules } from "./contract/encode-rules.ts";
import { fieldRules } from "./contract/field-rules.ts";
import type { ContractOptions, LocalContractOptions, Rules } from "./contract/options.ts";
import { privacyRules } from "./contract/privacy-rules.ts";
import { writingRules, writtenOf } from "./contract/writing-rules.ts";
import { writeAreas } from "./destination-contract.ts";

/**
 * Writes the tests that every destination passes which sends nothing over a network: its settings, its encoding, what it writes
 * and what it says where it cannot, which fields are in it, and what it says of private events. Every test has an empty folder of its own.
 *
 * @example
 * ```ts
 * localDestinationContract({
 *   describe,
 *   test,
 *   destination: file,
 *   config: (folder) => ({ path: join(folder, "traces.jsonl") }),
 *   written: (folder) => readFile(join(folder, "traces.jsonl"), "utf8").catch(() => ""),
 *   spoil: (folder) => mkdir(join(folder, "traces.jsonl")),
 *   hasSecrets: false,
 * });
 * ```
 */
export function localDestinationContract(options: LocalContractOptions): void {
  const { config, ...shared } = options;
  // The rules that are the same for all lend a far end. Nobody calls it: it only gives the settings a place.
  const far: ContractOptions = {
    ...shared,
    config: () => config(unusedFolder),
    reply: { test: {}, send: {} },
  };
  const areas: Readonly<Record<string, Rules>> = {
    settings: configRules(far),
    encoding: encodeRules(far),
    writing: writingRules(options),
    ...(options.isWhole !== false && { fields: fieldRules(options.destination, writtenOf(options)) }),
    privacy: privacyRules(far),
  };
  writeAreas(options, areas);
}

const unusedFolder = "/nowhere";
