/** The middle and the slow end of how long things took, in milliseconds; null where nothing did. */
export interface Percentiles {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** What the requests of a while come to. */
export interface Figures {
  readonly requests: number;
  readonly errors: number;
  readonly cancelled: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Null where nobody knows. */
  readonly costUsd: number | null;
  readonly estimatedUsd: number;
  readonly took: Percentiles;
  readonly firstToken: Percentiles;
}

/** What happened within a range. Lists have an entry a step. */
export interface OverviewView {
  readonly stepMs: number;
  /** When each step began, in epoch milliseconds, oldest first. */
  readonly times: readonly number[];
  readonly totals: Figures;
  readonly steps: readonly Figures[];
  /** Null: all the others. */
  readonly models: readonly (Figures & {
    readonly model: string | null;
    readonly requestsByStep: readonly number[];
  })[];
  readonly destinations: readonly DestinationDeliveries[];
}

/** What happened at a destination. */
export interface DestinationDeliveries {
  readonly id?: string;
  readonly name: string;
  readonly type: string;
  readonly state: "running" | "paused" | "disabled";
  readonly pending: number;
  readonly delivered: readonly number[];
  readonly dead: readonly number[];
}
