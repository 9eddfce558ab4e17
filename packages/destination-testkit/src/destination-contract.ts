import { configRules } from "./contract/config-rules.ts";
import { connectionTestRules } from "./contract/connection-test-rules.ts";
import { encodeRules } from "./contract/encode-rules.ts";
import { arriving, fieldRules } from "./contract/field-rules.ts";
import type { ContractOptions, Rules } from "./contract/options.ts";
import { outcomeRules } from "./contract/outcome-rules.ts";
import { privacyRules } from "./contract/privacy-rules.ts";
import { sendingRules } from "./contract/sending-rules.ts";

/**
 * Writes the tests that every destination passes, with the runner it is given: its settings, its connection test, its
 * encoding, what it makes of every answer and fault, what its requests carry, which fields reach the far end, and what it says of private events. Every test has
 * a far end of its own, a real HTTP server on 127.0.0.1.
 *
 * @example
 * ```ts
 * destinationContract({
 *   describe,
 *   test,
 *   destination: acme,
 *   config: (url) => ({ apiKey: "acme-0123456789abcdef", baseUrl: url }),
 *   reply: { test: { body: { ok: true } }, send: { status: 202, body: { accepted: true } } },
 * });
 * ```
 */
export function destinationContract(options: ContractOptions): void {
  const areas: Readonly<Record<string, Rules>> = {
    settings: configRules(options),
    "connection test": connectionTestRules(options),
    encoding: encodeRules(options),
    outcomes: outcomeRules(options),
    requests: sendingRules(options),
    fields: fieldRules(options.destination, arriving(options)),
    privacy: privacyRules(options),
  };
  writeAreas(options, areas);
}

/** Writes the tests of every area of a contract. */
export function writeAreas(
  { describe, test, destination }: Pick<ContractOptions, "describe" | "test" | "destination">,
  areas: Readonly<Record<string, Rules>>,
): void {
  describe(`the contract of destinations, kept by ${destination.name}`, () => {
    for (const [area, rules] of Object.entries(areas)) describe(area, () => writeTests(test, rules));
  });
}

function writeTests(test: ContractOptions["test"], rules: Rules): void {
  for (const [sentence, check] of Object.entries(rules)) {
    test(sentence, async () => {
      await check();
    });
  }
}
