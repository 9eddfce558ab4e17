import { useEffect, useState } from "preact/hooks";
import { ask, own } from "../api.ts";
import type { TraceSummary } from "../api.ts";

/** The last traces as they come. */
export interface LiveTraces {
  /** Newest first; undefined before they are known. */
  readonly traces: readonly TraceSummary[] | undefined;
  /** Why they are not up to date. */
  readonly failure: string | undefined;
}

const againMs = 3000;

/** Follows the gateway's list; when the line breaks it is taken up again. */
export function useLiveTraces(): LiveTraces {
  const [traces, setTraces] = useState<readonly TraceSummary[]>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const kept = new Map<string, TraceSummary>();
    let keep = 100;
    const show = () => {
      for (const id of kept.keys()) if (kept.size > keep) kept.delete(id);
      setTraces([...kept.values()].toReversed());
      setFailure(undefined);
    };
    const open = () => {
      source = new EventSource(`${own}/traces/live`);
      source.addEventListener("traces", ({ data }: MessageEvent<string>) => {
        const said = JSON.parse(data) as { keep: number; traces: readonly TraceSummary[] };
        ({ keep } = said);
        kept.clear();
        for (const trace of said.traces) kept.set(trace.id, trace);
        show();
      });
      source.addEventListener("trace", ({ data }: MessageEvent<string>) => {
        const trace = JSON.parse(data) as TraceSummary;
        kept.set(trace.id, trace);
        show();
      });
      source.addEventListener("error", () => void lost());
    };
    // A broken line is mended by the browser. One that was refused is not: then the list is asked for as it is.
    const lost = async () => {
      const isRefused = source?.readyState === EventSource.CLOSED;
      if (!isRefused) return setFailure("The line to the gateway broke.");
      const answer = await ask<{ data: readonly TraceSummary[] }>("GET", `${own}/traces`).catch(
        (error: Error) => setFailure(error.message),
      );
      if (answer) setTraces(answer.data);
      timer = setTimeout(open, againMs);
    };
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, []);
  return { traces, failure };
}
