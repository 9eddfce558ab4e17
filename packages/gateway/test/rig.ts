import { createServer } from "node:http";
import type { TraceEvent } from "@tracecast/core";
import { onTestFinished } from "vitest";
import { createCapture } from "../src/capture/capture.ts";
import type { RecordingRoom } from "../src/capture/recording-room.ts";
import { ReverseProxy } from "../src/proxy/reverse-proxy.ts";
import { listen } from "../src/server/listen.ts";
import { defaultLimits } from "../src/settings/limits.ts";
import type { Limits } from "../src/settings/limits.ts";
import { startProvider } from "./provider.ts";
import type { ScriptedProvider } from "./provider.ts";

/** A proxy in front of a scripted provider, and the events that come out of it. */
export interface Rig {
  readonly url: string;
  readonly provider: ScriptedProvider;
  readonly events: readonly TraceEvent[];
  /** Resolves when `count` events are out. */
  readonly untilEvents: (count: number) => Promise<readonly TraceEvent[]>;
  /** So many milliseconds go by. */
  readonly later: (ms: number) => void;
}

/** Sets one up; it is taken down when the test is over. */
export async function setUpRig(
  options: {
    basePath?: string;
    keepTracingFields?: boolean;
    neverAskForUsage?: boolean;
    limits?: Partial<Limits>;
    room?: RecordingRoom;
  } = {},
): Promise<Rig> {
  const provider = await startProvider();
  const events: TraceEvent[] = [];
  let heard = () => {};
  const capture = createCapture({
    publish: (event) => {
      events.push(event);
      heard();
    },
    onTrouble: (error) => {
      throw error;
    },
    ...(options.room && { room: options.room }),
  });
  let passedMs = 0;
  const proxy = new ReverseProxy(
    {
      url: provider.url + (options.basePath ?? ""),
      tracingFields: options.keepTracingFields ? "keep" : "strip",
      streamUsage: options.neverAskForUsage ? "never" : "ask",
    },
    capture,
    { limits: { ...defaultLimits, ...options.limits }, now: () => Date.now() + passedMs },
  );
  const server = createServer((request, response) => proxy.handle(request, response));
  const url = await listen(server, "127.0.0.1", 0);
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await proxy.close();
    await provider.close();
    await capture.settled();
  });
  return {
    url,
    provider,
    events,
    later(ms) {
      passedMs += ms;
      proxy.cutLate();
    },
    async untilEvents(count) {
      while (events.length < count) await new Promise<void>((resolve) => (heard = resolve));
      return events;
    },
  };
}
