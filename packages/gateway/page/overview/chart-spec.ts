/** A line, or the bars of one colour. */
export interface Series {
  readonly label: string;
  /** The name of a variable of the style sheet, such as `--series-1`. */
  readonly color: string;
  /** One a step; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** What a chart shows. */
export interface ChartSpec {
  readonly title: string;
  /** When each step began, in epoch milliseconds. */
  readonly times: readonly number[];
  readonly stepMs: number;
  /** Bars stand on each other; lines cross. */
  readonly kind: "bars" | "lines";
  readonly series: readonly Series[];
  /** A value as people read it. */
  readonly words: (value: number) => string;
}

/** A step's time of day. */
export const stepWords = (epochMs: number): string =>
  new Date(epochMs).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
