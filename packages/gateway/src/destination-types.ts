import type { Destination } from "@tracecast/core";
import { braintrust } from "@tracecast/destination-braintrust";

/** The destination types that settings may name. */
export const destinationTypes: readonly Destination[] = [braintrust];
