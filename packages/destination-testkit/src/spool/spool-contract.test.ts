import { MemorySpool } from "@tracecast/dispatcher";
import { describe, test } from "vitest";
import { spoolContract } from "./spool-contract.ts";

spoolContract({ describe, test, name: "memory", open: async (limits) => new MemorySpool(limits) });
