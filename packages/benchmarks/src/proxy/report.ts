/** What a proxy costs a request. */
export interface ProxyResult {
  readonly contender: string;
  readonly streamed: boolean;
  /** From the request to the last byte of the answer, in the client: the median, in microseconds. */
  readonly p50Us: number;
  /** User and system time of the proxy's process, in microseconds a request. */
  readonly cpuUs: number;
}

/** A table of them, each beside the first of its kind. */
export function proxyTable(results: readonly ProxyResult[]): string {
  const rows = results.map((result) => {
    const bare = results.find(({ streamed }) => streamed === result.streamed) ?? result;
    const { contender, streamed, p50Us, cpuUs } = result;
    const figures = [p50Us, cpuUs].map((us) => `${Math.round(us)} µs`);
    const ratios = [p50Us / bare.p50Us, cpuUs / bare.cpuUs].map((ratio) => `× ${ratio.toFixed(2)}`);
    return `| ${contender} | ${streamed ? "streamed" : "plain"} | ${figures[0]} | ${ratios[0]} | ${figures[1]} | ${ratios[1]} |`;
  });
  return [
    "| proxy | answer | p50 | | CPU a request | |",
    "| :-- | :-- | --: | --: | --: | --: |",
    ...rows,
  ].join("\n");
}
