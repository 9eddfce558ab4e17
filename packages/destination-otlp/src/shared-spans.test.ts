import { piece } from "@tracecast/core";
import { expect, test } from "vitest";
import { SharedSpans } from "./shared-spans.ts";
import type { SpanPiece } from "./span-piece.ts";

const root = (number: number): SpanPiece =>
  Object.assign(piece("{}", `root-${number}`), { shared: "named" as const });

test("what has been sent is remembered up to a limit, the oldest forgotten first", () => {
  const shared = new SharedSpans();
  const roots = Array.from({ length: 10_001 }, (_, number) => root(number));
  expect(shared.pick(roots)).toHaveLength(10_001);
  shared.delivered(roots);
  expect(shared.pick(roots).map(({ key }) => key)).toEqual(["root-0"]);
});
