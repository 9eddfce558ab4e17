import type { RejectionCode } from "@tracecast/core";
import { EventEmitter } from "eventemitter3";
import type { SpoolLimit } from "./spool/spool.ts";

/** The limit that made something go; `dead_letters`: only the newest of them are kept, and older ones had to make room. */
export type DropLimit = SpoolLimit | "dead_letters";

/** What the dispatcher announces. Ids, counts and reasons only: no content, no secret. */
export interface DispatcherEvents {
  /** An event was accepted and waits for these destinations; for none, it is forgotten. */
  admitted: [{ readonly eventId: string; readonly destinationIds: readonly string[] }];
  /** Something was handed to `publish` that it could not take. */
  refused: [{ readonly reason: string }];
  delivered: [
    { readonly destinationId: string; readonly eventIds: readonly string[]; readonly durationMs: number },
  ];
  /** An attempt failed; the same events are tried again after `delayMs`. */
  retried: [
    {
      readonly destinationId: string;
      readonly events: number;
      readonly reason: string;
      readonly delayMs: number;
    },
  ];
  /** An event became a dead letter. */
  rejected: [
    {
      readonly destinationId: string;
      readonly eventId: string;
      readonly code: RejectionCode;
      readonly reason: string;
    },
  ];
  /** Events were lost to a limit; announced at most once a minute for each destination and limit, with their number since then. */
  dropped: [{ readonly destinationId: string; readonly events: number; readonly limit: DropLimit }];
  paused: [{ readonly destinationId: string; readonly reason: string }];
  resumed: [{ readonly destinationId: string }];
  /** A destination was added, or its settings changed. */
  configured: [{ readonly destinationId: string }];
  /** A destination is gone, and with it this many events that waited for it. */
  removed: [{ readonly destinationId: string; readonly events: number }];
  /** Nothing waits for the destination any more. */
  drained: [{ readonly destinationId: string }];
}

/** Says what happened to whoever listens. */
export type Announce = <Name extends keyof DispatcherEvents>(
  name: Name,
  ...args: DispatcherEvents[Name]
) => void;

/** The emitter that listeners subscribe to. */
export type DispatcherEmitter = EventEmitter<DispatcherEvents>;

/** An emitter and the way to speak through it. Listeners observe and never decide: one that throws disturbs nothing. */
export function createAnnouncer(): { readonly events: DispatcherEmitter; readonly announce: Announce } {
  const events: DispatcherEmitter = new EventEmitter();
  const announce: Announce = (name, ...args) => {
    for (const listener of events.listeners(name)) {
      try {
        (listener as (...args: DispatcherEvents[typeof name]) => void)(...args);
      } catch {
        // The listener's own trouble; delivery goes on and the other listeners hear it too.
      }
    }
  };
  return { events, announce };
}
