import type { TraceEvent } from "@tracecast/core";
import { previewPolicy } from "@tracecast/dispatcher";
import type { Hono } from "hono";
import type { LocalTraces } from "../local/local-traces.ts";
import { bodyOf } from "./body.ts";
import { parse, policyBody } from "./destination-body.ts";

/** Lets a policy that is not saved yet judge the traces the gateway keeps. */
export function addDryRunRoutes(api: Hono, localTraces: LocalTraces): void {
  api.post("/api/tracecast/v1/destinations/dry-run", async (c) => {
    const body = parse(policyBody, await bodyOf(c));
    const { workspace_id: workspaceId } = body;
    const events = localTraces
      .list()
      .filter((event) => workspaceId === undefined || event.workspaceId === workspaceId)
      .toReversed();
    const foreseen = previewPolicy(
      {
        enabled: body.enabled ?? true,
        samplingRate: body.sampling_rate ?? 1,
        apiKeyHashes: body.api_key_hashes ?? null,
        excludedApiKeyHashes: body.excluded_api_key_hashes ?? null,
        filterRules: body.filter_rules ?? null,
        ...(body.regions && { regions: body.regions }),
      },
      events,
    );
    return c.json({
      data: events.map((event, place) => ({ ...captionOf(event), ...foreseen[place] })),
      total_count: events.length,
      admitted_count: foreseen.filter(({ admitted }) => admitted).length,
    });
  });
}

/** Enough of a trace to recognise it. */
function captionOf({ id, trace, model, timing }: TraceEvent) {
  const name = trace.generationName ?? trace.traceName ?? model.resolved ?? model.requested;
  return { id, name, startMs: timing.startMs };
}
