import type { Operation, Region, TraceEvent } from "@tracecast/core";
import { callEvent } from "./call-event.ts";
import { Exchange } from "./exchange.ts";
import { RecordingRoom } from "./recording-room.ts";
import { Rounds } from "./rounds.ts";
import type { KeyOwner } from "../keys/key-owner.ts";
import { headerValue } from "../proxy/headers.ts";
import type { RawHeaders } from "../proxy/headers.ts";

/** Turns exchanges that are over into trace events, out of the way of those that are not. */
export interface Capture {
  /** Whether anybody wants the events: while nobody does, nothing needs to be recorded. */
  isWanted(): boolean;
  /** Begins to record an exchange, as far as there is room. */
  begin(operation: Operation, startMs: number, requestHeaders: RawHeaders, requestBody: Buffer): Exchange;
  /** Takes an exchange whose client has its answer. Exactly one event comes of it, soon. */
  finished(exchange: Exchange): void;
  /** Says that an exchange is under way, which {@link settled} then waits for. It must not reject. */
  expect(underWay: Promise<void>): void;
  /** Has everything taken so far become an event now, and resolves when it has. It does not wait for exchanges under way. */
  caughtUp(): Promise<void>;
  /** Resolves when no exchange is under way and everything taken has become an event. */
  settled(): Promise<void>;
}

/** What a capture hands over. */
export interface CaptureTargets {
  /** @defaultValue always */
  readonly isWanted?: () => boolean;
  /** Whether anybody asked for the details of generations. @defaultValue always */
  readonly wantsDetails?: () => boolean;
  /** Where the calls are served. Absent: nobody knows. */
  readonly region?: Region | undefined;
  /** Whose the key with a hash is. Absent: nobody knows. */
  readonly ownerOf?: (keyHash: string | undefined) => KeyOwner;
  readonly publish: (event: TraceEvent) => void;
  /**
   * An exchange could not be made into an event; the answer was not touched by that. `traceparent` is what the request said of its own trace by W3C
   * Trace Context, so that the trouble can be found.
   */
  readonly onTrouble: (error: unknown, traceparent: string | undefined) => void;
  /** Shared by all exchanges. */
  readonly room?: RecordingRoom;
}

/** Makes a capture. */
export function createCapture(targets: CaptureTargets): Capture {
  const { publish, onTrouble, isWanted = () => true, wantsDetails = () => true, ownerOf, region } = targets;
  const { room = new RecordingRoom() } = targets;
  const underWay = new Set<Promise<void>>();
  // One after the other: what is packed may grow a thousandfold.
  const rounds = new Rounds();
  const turnIntoEvent = async (exchange: Exchange) => {
    try {
      publish(await callEvent(exchange, { withDetails: wantsDetails(), region, ownerOf }));
    } catch (error) {
      onTrouble(error, traceparentOf(exchange));
    } finally {
      exchange.release();
    }
  };
  return {
    isWanted,
    begin: (...call) => new Exchange(...call, room),
    finished: (exchange) => rounds.add(() => turnIntoEvent(exchange)),
    expect(exchange) {
      const kept = exchange.finally(() => underWay.delete(kept));
      underWay.add(kept);
    },
    caughtUp: () => rounds.begin(),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
      await rounds.begin();
    },
  };
}

// Only what has the right form: anything else could be anything.
function traceparentOf({ requestHeaders }: Exchange): string | undefined {
  return /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}/.exec(
    headerValue(requestHeaders, "traceparent") ?? "",
  )?.[0];
}
