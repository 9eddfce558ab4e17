// Loaded before a contender: says what its process has used, when it is asked.
process.on("message", () =>
  process.send?.({ cpu: process.cpuUsage(), peakBytes: process.resourceUsage().maxRSS * 1024 }),
);
process.channel?.unref();
