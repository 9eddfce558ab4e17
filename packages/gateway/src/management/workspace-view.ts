import type { JsonObject } from "@tracecast/core";
import type { SavedWorkspace } from "../store/workspace.ts";

/** A workspace as OpenRouter's API shows one. What it has beyond names and the switch for Broadcast means nothing here. */
export function workspaceView(workspace: SavedWorkspace): JsonObject {
  const { id, name, slug, description, broadcastEnabled, createdMs, updatedMs } = workspace;
  return {
    id,
    name,
    slug,
    description,
    created_at: new Date(createdMs).toISOString(),
    updated_at: updatedMs === undefined ? null : new Date(updatedMs).toISOString(),
    created_by: null,
    default_guardrail_id: id,
    default_image_model: null,
    default_provider_sort: null,
    default_text_model: null,
    io_logging_api_key_ids: null,
    io_logging_sampling_rate: 1,
    is_data_discount_logging_enabled: false,
    is_observability_broadcast_enabled: broadcastEnabled,
    is_observability_io_logging_enabled: false,
  };
}
