import type { TraceEvent } from "@tracecast/core";

/** An event in the spool's keeping: an object while it is new, its JSON in bytes once it has been packed. */
export class HeldEvent {
  #event: TraceEvent | undefined;
  #packed: Buffer | undefined;

  constructor(event: TraceEvent) {
    this.#event = event;
  }

  /** The event; of a packed one a new object each time. */
  get event(): TraceEvent {
    return this.#event ?? (JSON.parse(this.#packed?.toString("utf8") ?? "") as TraceEvent);
  }

  /** Lets the object go and keeps its bytes. */
  pack(): void {
    if (!this.#event) return;
    this.#packed = Buffer.from(JSON.stringify(this.#event));
    this.#event = undefined;
  }
}
