import { callTraceEvent } from "./call-event.ts";
import type { ModelCall } from "./call-event.ts";
import type { TraceEvent } from "./event.ts";

/** A chat completion that is over. */
export type ChatCall = Omit<ModelCall, "operation">;

/** Makes the trace event of a chat completion. See {@link callTraceEvent}. */
export function chatTraceEvent(call: ChatCall): TraceEvent {
  return callTraceEvent({ ...call, operation: "chat" });
}
