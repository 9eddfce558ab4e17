import { chatTraceEvent } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import { braintrust } from "@tracecast/destination-braintrust";
import { createDispatcher } from "@tracecast/dispatcher";
import type { Dispatcher, FlushReport } from "@tracecast/dispatcher";

/** What a gateway has in its hands when a call is over. */
export interface FinishedCall {
  readonly startMs: number;
  readonly endMs: number;
  readonly request: Json;
  readonly body: Json;
}

export function broadcast(apiKey: string, projectId: string, baseUrl: string): Dispatcher {
  // #region create
  const dispatcher = createDispatcher({
    destinations: [
      { name: "Production", type: braintrust, config: { apiKey, projectId, baseUrl }, privacyMode: true },
    ],
  });
  // #endregion
  return dispatcher;
}

export function publish(dispatcher: Dispatcher, { startMs, endMs, request, body }: FinishedCall): void {
  // #region publish
  // After the client has its answer. Never throws, never waits.
  dispatcher.publish(
    chatTraceEvent({ startMs, endMs, request, response: { kind: "json", status: 200, body } }),
  );
  // #endregion
}

export async function shutDown(dispatcher: Dispatcher): Promise<FlushReport> {
  // #region close
  const report = await dispatcher.close({ timeoutMs: 5000 });
  // report.delivered: how many went out; report.left: where what is left still waits, and why
  // #endregion
  return report;
}
