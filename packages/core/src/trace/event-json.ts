import { jsonFragment } from "../json.ts";
import type { TraceEvent } from "./event.ts";

/** The JSON of an event. The text of its content is made once and shared with the encoders of destinations. */
export function eventJson({ input, output, contentParameters, ...rest }: TraceEvent): string {
  let json = JSON.stringify(rest).slice(0, -1);
  if (input !== undefined) json += `,"input":${jsonFragment(input)}`;
  if (output !== undefined) json += `,"output":${jsonFragment(output)}`;
  if (contentParameters !== undefined) json += `,"contentParameters":${jsonFragment(contentParameters)}`;
  return `${json}}`;
}
