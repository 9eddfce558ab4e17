import type { Region } from "@tracecast/core";
import type { DestinationSettings, FilterRulesSettings } from "@tracecast/dispatcher";
import { redactionFrom } from "./redaction.ts";
import type { WireRedaction } from "./redaction.ts";

/** What says which events a destination gets, under the names of a `tracecast.yaml` and of the management API. */
export interface WirePolicy {
  readonly enabled?: boolean | undefined;
  readonly privacy_mode?: boolean | undefined;
  readonly broadcast_generation_cost?: boolean | undefined;
  readonly broadcast_generation_identity?: boolean | undefined;
  readonly broadcast_generation_request_context?: boolean | undefined;
  readonly sampling_rate?: number | undefined;
  readonly api_key_hashes?: readonly string[] | null | undefined;
  readonly excluded_api_key_hashes?: readonly string[] | null | undefined;
  readonly filter_rules?: FilterRulesSettings | null | undefined;
  readonly redaction?: WireRedaction | null | undefined;
  readonly regions?: readonly Region[] | undefined;
}

/** The same under the dispatcher's names. */
export type PolicySettings = Omit<DestinationSettings, "id" | "name" | "type" | "config" | "workspaceId">;

/** Turns what was written or sent into settings. What is absent stays so. */
export function policyFrom(wire: WirePolicy): PolicySettings {
  const settings: { readonly [Name in keyof PolicySettings]-?: PolicySettings[Name] | undefined } = {
    enabled: wire.enabled,
    privacyMode: wire.privacy_mode,
    generationCost: wire.broadcast_generation_cost,
    generationIdentity: wire.broadcast_generation_identity,
    generationRequestContext: wire.broadcast_generation_request_context,
    samplingRate: wire.sampling_rate,
    apiKeyHashes: wire.api_key_hashes,
    excludedApiKeyHashes: wire.excluded_api_key_hashes,
    filterRules: wire.filter_rules,
    redaction: wire.redaction && redactionFrom(wire.redaction),
    regions: wire.regions,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
