import type { SendResult, TraceEvent } from "@tracecast/core";
// #region imports
import { createHttpClient } from "@tracecast/core";
import { braintrust } from "@tracecast/destination-braintrust";
// #endregion

export async function sendOne(
  config: { apiKey: string; projectId: string; baseUrl: string },
  event: TraceEvent,
): Promise<SendResult> {
  // #region send
  const http = createHttpClient();
  const connection = braintrust.connect(config, { http });

  const { ok, message } = await connection.test(AbortSignal.timeout(10_000));
  if (!ok) throw new Error(message);

  const batch = [{ eventId: event.id, pieces: connection.encode(event) }];
  const { outcome } = await connection.send(batch, AbortSignal.timeout(30_000));
  // outcome.status: "delivered", "retry" (perhaps with retryAfterMs) or "rejected" (with a code and a reason)
  await http.close();
  // #endregion
  return { outcome };
}
