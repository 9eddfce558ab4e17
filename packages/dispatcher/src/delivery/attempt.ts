import type { Batch, Connection, SendResult } from "@tracecast/core";
import type { Clock } from "../clock.ts";

const late = (timeoutMs: number): SendResult => ({
  outcome: { status: "retry", reason: `no answer within ${timeoutMs / 1000} s` },
});

/**
 * One try to send a batch. Always answers by value and never later than `timeoutMs`, also where a destination's code throws or
 * ignores its signal.
 */
export async function attempt(
  connection: Connection,
  batch: Batch,
  options: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<SendResult> {
  const { clock, timeoutMs, signal } = options;
  const over = new AbortController();
  const deadline = clock.sleep(timeoutMs, AbortSignal.any([signal, over.signal])).then(() => late(timeoutMs));
  try {
    return await Promise.race([send(connection, batch, AbortSignal.any([signal, over.signal])), deadline]);
  } finally {
    over.abort();
  }
}

async function send(connection: Connection, batch: Batch, signal: AbortSignal): Promise<SendResult> {
  try {
    return await connection.send(batch, signal);
  } catch (error) {
    // Its message is left out: nobody promised that it holds no secret.
    return {
      outcome: {
        status: "retry",
        reason: `sending threw ${error instanceof Error ? error.name : "something"}`,
      },
    };
  }
}
