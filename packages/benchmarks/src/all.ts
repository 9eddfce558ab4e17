// Runs both benchmarks, one after the other.
await import("./bench.ts");
await import("./proxy/bench.ts");
