import type { ContractOptions } from "../contract/options.ts";
import { durabilityRules } from "./durability-rules.ts";
import { letterRules } from "./letter-rules.ts";
import { modelRules } from "./model-rules.ts";
import { waitingRules } from "./waiting-rules.ts";
import type { SpoolContractOptions, SpoolRules } from "./spool-contract-options.ts";

/**
 * Writes the tests that every spool passes, with the runner it is given: who waits for what, limits, dead letters, and, of a spool that
 * outlives its process, what is there again when it is opened a second time.
 *
 * @example
 * ```ts
 * spoolContract({ describe, test, name: "memory", open: async (limits) => new MemorySpool(limits) });
 * ```
 */
export function spoolContract(options: SpoolContractOptions): void {
  const { describe, test, name } = options;
  const areas: Readonly<Record<string, SpoolRules>> = {
    waiting: waitingRules(options),
    "dead letters": letterRules(options),
    "any traffic": modelRules(options),
    ...(options.reopen && { durability: durabilityRules(options, options.reopen) }),
  };
  describe(`the contract of spools, kept by ${name}`, () => {
    for (const [area, rules] of Object.entries(areas)) describe(area, () => writeTests(test, rules));
  });
}

function writeTests(test: ContractOptions["test"], rules: SpoolRules): void {
  for (const [sentence, check] of Object.entries(rules)) {
    test(sentence, async () => {
      await check();
    });
  }
}
