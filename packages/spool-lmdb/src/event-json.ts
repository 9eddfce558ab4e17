import { jsonFragment } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";

/** The JSON of an event. The text of its content is made once and shared with the encoders of destinations. */
export function eventJson({ input, output, contentParameters, ...rest }: TraceEvent): string {
  const content = Object.entries({ input, output, contentParameters }).flatMap(([name, value]) =>
    value === undefined ? [] : [`"${name}":${jsonFragment(value)}`],
  );
  return `${[JSON.stringify(rest).slice(0, -1), ...content].join(",")}}`;
}
