import { hash } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";

/**
 * Where an event falls on the line from 0 to 1, decided by its session (else its trace, else itself). Every event of a session
 * falls on one point, and every destination uses the same line: what a 10 % destination gets, a 50 % destination gets too.
 */
export function samplingPoint(event: TraceEvent): number {
  const key = event.sessionId ?? event.trace.traceId ?? event.id;
  // 48 bits are exact in a double and fine enough for a rate of 0.0001.
  return hash("sha256", key, "buffer").readUIntBE(0, 6) / 2 ** 48;
}
