import { randomUUID } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "../events/sample-event.ts";
import type { EventOverrides } from "../events/sample-event.ts";

/** A sample event with an id of its own. */
export const freshEvent = (overrides: EventOverrides = {}): TraceEvent =>
  sampleTraceEvent({ id: randomUUID(), ...overrides });
