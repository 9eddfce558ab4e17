/** What is measured. */
export interface Setting {
  readonly contender: string;
  readonly destinations: number;
  /** About how many bytes of JSON an event has. */
  readonly bytes: number;
  readonly events: number;
  /** How many go first, uncounted. */
  readonly warmUp: number;
  readonly sink: string;
}

/** What came out. */
export interface Measurement {
  /** User and system time an event, whatever the number of destinations, in µs. */
  readonly cpuUs: number;
  readonly eventsPerSecond: number;
  readonly peakBytes: number;
  readonly publishP50Us: number;
  readonly publishP99Us: number;
}

/** The medians of one setting. */
export interface Result extends Measurement, Pick<Setting, "contender" | "destinations" | "bytes"> {
  /** Whether every event arrived at every destination in every round. */
  readonly complete: boolean;
}
