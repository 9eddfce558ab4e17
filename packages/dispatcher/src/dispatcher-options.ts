import type { HttpClient, Piece } from "@tracecast/core";
import type { Clock } from "./clock.ts";
import type { Foreseen } from "./policy/preview.ts";
import type { DestinationSettings } from "./settings.ts";
import type { Spool } from "./spool/spool.ts";

/** What a dispatcher is made of. Only `destinations` has no default. */
export interface DispatcherOptions {
  readonly destinations: readonly DestinationSettings[];
  /** Where events wait. The dispatcher closes it. @defaultValue a `MemorySpool` of 128 MiB */
  readonly spool?: Spool;
  /** The client lent to destinations. The dispatcher closes it. @defaultValue `createHttpClient()` */
  readonly http?: HttpClient;
  /** @defaultValue `systemClock` */
  readonly clock?: Clock;
  /** A number from 0 to 1, for jitter. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/** Whether a destination would get an event, and if not, why. */
export type Preview = Foreseen & { readonly destinationId: string };

/** What an event becomes for a destination. */
export interface Encoded {
  /** It was made without content. */
  readonly private: boolean;
  /** As they are sent; none where nothing could be made of the event. */
  readonly pieces: readonly Piece[];
  /** Why nothing could. */
  readonly failure?: string;
}

/** What a flush or a close achieved. */
export interface FlushReport {
  /** Events delivered since the call, over all destinations. */
  readonly delivered: number;
  /** Where events of before the call still wait, how many, and why if that is known. Empty: everything went out. */
  readonly left: readonly {
    readonly destinationId: string;
    readonly events: number;
    readonly reason?: string;
  }[];
}
