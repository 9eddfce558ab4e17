import type { TraceSummary } from "../api.ts";

/** A line of a trace's timeline. Times are epoch milliseconds. */
export interface TreeRow {
  readonly key: string;
  readonly kind: "trace" | "span" | "generation";
  readonly name: string;
  readonly depth: number;
  readonly startMs: number;
  readonly endMs: number;
  /** What it is, where it is a generation. */
  readonly generation?: TraceSummary;
}

/** Trace, spans and generations in the order of their beginnings, a line each. */
export function treeRows(generations: readonly TraceSummary[]): readonly TreeRow[] {
  const [first] = generations;
  if (!first) return [];
  const spans = new Map<string, readonly TraceSummary[]>();
  for (const one of generations) {
    const name = one.trace.spanName ?? "";
    spans.set(name, [...(spans.get(name) ?? []), one]);
  }
  const root = rootOf(generations);
  const depth = root ? 1 : 0;
  const below = [...spans].flatMap(([name, inSpan]) => {
    const leaves = (at: number) => inSpan.map((one) => leafOf(one, at));
    if (name === "") return leaves(depth).map((leaf) => [leaf]);
    const span: TreeRow = { key: `span ${name}`, kind: "span", name, depth, ...reachOf(inSpan) };
    return [[span, ...leaves(depth + 1)]];
  });
  below.sort((a, b) => (a[0]?.startMs ?? 0) - (b[0]?.startMs ?? 0));
  return [...(root ? [root] : []), ...below.flat()];
}

function rootOf(generations: readonly TraceSummary[]): TreeRow | undefined {
  const traces = generations.map(({ trace }) => trace);
  const isNamed = traces.some(({ traceId, traceName, spanName }) => traceId ?? traceName ?? spanName);
  if (!isNamed) return undefined;
  const parent = traces.find(({ parentSpanId }) => parentSpanId)?.parentSpanId;
  const name = traces.find(({ traceName }) => traceName)?.traceName;
  return {
    key: "trace",
    kind: "trace",
    name: name ?? (parent === undefined ? "trace" : `under span ${parent}`),
    depth: 0,
    ...reachOf(generations),
  };
}

function leafOf(generation: TraceSummary, depth: number): TreeRow {
  const { id, trace, model, operation, timing } = generation;
  const name = trace.generationName ?? model.resolved ?? model.requested ?? operation;
  const { startMs, endMs } = timing;
  return { key: id, kind: "generation", name, depth, startMs, endMs, generation };
}

const reachOf = (generations: readonly TraceSummary[]) => ({
  startMs: Math.min(...generations.map(({ timing }) => timing.startMs)),
  endMs: Math.max(...generations.map(({ timing }) => timing.endMs)),
});
