import type { Destination, JsonObject } from "@tracecast/core";
import { redactionView } from "../settings/redaction.ts";
import type { SavedDestination } from "../store/config-store.ts";

/** A destination as the management API shows it: every key always there, secrets masked. */
export function destinationView(saved: SavedDestination, type: Destination, readOnly: boolean): JsonObject {
  return {
    id: saved.id,
    workspace_id: saved.workspaceId,
    type: saved.type,
    name: saved.name,
    enabled: saved.enabled,
    privacy_mode: saved.privacyMode,
    broadcast_generation_cost: saved.generationCost,
    broadcast_generation_identity: saved.generationIdentity,
    broadcast_generation_request_context: saved.generationRequestContext,
    sampling_rate: saved.samplingRate,
    api_key_hashes: saved.apiKeyHashes,
    excluded_api_key_hashes: saved.excludedApiKeyHashes ?? null,
    filter_rules: saved.filterRules && (JSON.parse(JSON.stringify(saved.filterRules)) as JsonObject),
    redaction: saved.redaction ? redactionView(saved.redaction) : null,
    regions: saved.regions,
    created_at: new Date(saved.createdMs).toISOString(),
    updated_at: new Date(saved.updatedMs).toISOString(),
    config: type.maskConfig(saved.config),
    ...(readOnly && { read_only: true }),
  };
}
