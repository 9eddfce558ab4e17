import type { JsonObject } from "@tracecast/core";
import type { SavedWorkspace } from "../store/config-store.ts";
import { defaultWorkspaceId } from "./destinations.ts";

/** The workspace as OpenRouter's API shows one. Of its fields, only the switch for Broadcast means anything here. */
export function workspaceView({ broadcastEnabled }: SavedWorkspace): JsonObject {
  return {
    id: defaultWorkspaceId,
    name: "Default",
    slug: "default",
    description: null,
    created_at: "2026-01-01T00:00:00.000Z",
    updated_at: null,
    created_by: null,
    default_guardrail_id: defaultWorkspaceId,
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
