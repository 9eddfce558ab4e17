import { createHttpClient } from "@tracecast/core";
import type { Connection, Destination, EncodedEvent, SendResult, TraceEvent } from "@tracecast/core";
import { startFaultServer } from "@tracecast/destination-testkit";
import type { FaultServer } from "@tracecast/destination-testkit";
import { onTestFinished } from "vitest";

/** A far end, and a connection of a destination to it; both end with the test. */
export async function farEnd(
  destination: Destination,
  config: (url: string) => Readonly<Record<string, unknown>>,
): Promise<{ server: FaultServer; connection: Connection }> {
  const server = await startFaultServer();
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  return { server, connection: destination.connect(config(server.url), { http }) };
}

/** An event as the dispatcher hands it over. */
export function encoded(connection: Connection, event: TraceEvent): EncodedEvent {
  return { eventId: event.id, pieces: connection.encode(event) };
}

/** Sends events in one batch. */
export function send(connection: Connection, ...events: readonly TraceEvent[]): Promise<SendResult> {
  return connection.send(
    events.map((event) => encoded(connection, event)),
    AbortSignal.timeout(30_000),
  );
}
