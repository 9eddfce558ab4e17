/** What went wrong, in a word that code may compare. */
export type TracecastErrorCode =
  /** A trace event does not fit its schema. The caller acts. */
  | "EVENT_INVALID"
  /** Settings do not fit a destination's schema. The operator acts. */
  | "CONFIG_INVALID"
  /** A destination type is defined wrong. Its author acts. */
  | "DEFINITION_INVALID"
  /** A saved destination names a type that is not registered. The operator acts. */
  | "DESTINATION_UNKNOWN"
  /** The spool cannot read or write its folder. The operator acts. */
  | "SPOOL_FAILED"
  /** Another process uses the spool's folder. The operator acts. */
  | "SPOOL_IN_USE"
  /** Something was used after it was closed. The programmer acts. */
  | "CLOSED";

/**
 * The one error that Tracecast throws. Compare `code`, not `instanceof`: two copies of this package may be installed.
 * A message says what is wrong, with which thing, and what to do; it never holds a secret or a prompt.
 */
export class TracecastError extends Error {
  readonly code: TracecastErrorCode;

  constructor(code: TracecastErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TracecastError";
    this.code = code;
  }
}

/** Whether an error is a {@link TracecastError}, of this copy of the package or of another, such as a plugin's. */
export function isTracecastError(error: unknown): error is TracecastError {
  return error instanceof Error && error.name === "TracecastError";
}
