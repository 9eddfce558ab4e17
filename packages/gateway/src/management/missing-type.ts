import { TracecastError } from "@tracecast/core";
import type { Destination } from "@tracecast/core";

/**
 * What stands for the type of a saved destination that no plugin brings any more: it shows none of the settings, for it cannot tell which are
 * secret, and does nothing but say so.
 */
export function missingType(type: string): Destination {
  const complain = () => {
    throw new TracecastError(
      "DESTINATION_UNKNOWN",
      `There is no destination type "${type}" any more; add its plugin to the config file again, or delete this destination.`,
    );
  };
  return {
    type,
    name: type,
    limits: { maxPieces: 1, maxBytes: 1 },
    notCarried: {},
    form: [],
    parseConfig: complain,
    maskConfig: () => ({}),
    connect: complain,
  };
}
