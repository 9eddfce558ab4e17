import type { Config, DestinationView, FilterRules, FormField, Redaction } from "../api.ts";

/** Whose traces a destination gets. */
export interface KeyChoice {
  readonly mode: "all" | "only" | "except";
  /** The keys that are chosen, by their SHA-256. */
  readonly hashes: readonly string[];
}

/** A destination as it is edited. */
export interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly privacy_mode: boolean;
  /** The sampling rate as it is written, in percent. */
  readonly percent: string;
  readonly keys: KeyChoice;
  readonly regions: readonly string[];
  readonly filter_rules: FilterRules | null;
  readonly redaction: Redaction;
  readonly broadcast_generation_cost: boolean;
  readonly broadcast_generation_identity: boolean;
  readonly broadcast_generation_request_context: boolean;
  readonly config: Config;
}

/** What a new destination begins with. */
export const blankDraft: Draft = {
  name: "",
  enabled: true,
  privacy_mode: false,
  percent: "100",
  keys: { mode: "all", hashes: [] },
  regions: ["global"],
  filter_rules: null,
  redaction: {},
  broadcast_generation_cost: false,
  broadcast_generation_identity: false,
  broadcast_generation_request_context: false,
  config: {},
};

/** A saved destination, to be edited. */
export function draftOf(saved: DestinationView): Draft {
  return {
    name: saved.name,
    enabled: saved.enabled,
    privacy_mode: saved.privacy_mode,
    percent: String(Number((saved.sampling_rate * 100).toFixed(4))),
    keys: keyChoiceOf(saved),
    regions: saved.regions,
    filter_rules: saved.filter_rules,
    redaction: saved.redaction ?? {},
    broadcast_generation_cost: saved.broadcast_generation_cost,
    broadcast_generation_identity: saved.broadcast_generation_identity,
    broadcast_generation_request_context: saved.broadcast_generation_request_context,
    config: saved.config,
  };
}

/** Keys that are named and left out at once come to the same as the difference of the two. */
function keyChoiceOf({ api_key_hashes: only, excluded_api_key_hashes: except }: DestinationView): KeyChoice {
  if (only) return { mode: "only", hashes: only.filter((hash) => !except?.includes(hash)) };
  return except ? { mode: "except", hashes: except } : { mode: "all", hashes: [] };
}

/** The part of what is sent that decides which traces go. */
export function policyOf({ enabled, percent, keys, regions, filter_rules }: Draft) {
  return {
    enabled,
    sampling_rate: Number(percent) / 100,
    api_key_hashes: keys.mode === "only" ? keys.hashes : null,
    excluded_api_key_hashes: keys.mode === "except" && keys.hashes.length > 0 ? keys.hashes : null,
    regions,
    filter_rules,
  };
}

/**
 * What is sent to save a draft.
 * @param replaces - the settings whose stored values must go where the draft has none
 */
export function bodyOf(draft: Draft, replaces: readonly FormField[]) {
  const { name, privacy_mode, redaction } = draft;
  const { broadcast_generation_cost, broadcast_generation_identity, broadcast_generation_request_context } =
    draft;
  const gone = replaces.filter((field) => draft.config[field.name] === undefined);
  const isRedacting = (redaction.paths?.length ?? 0) + (redaction.detectors?.length ?? 0) > 0;
  return {
    ...policyOf(draft),
    name,
    privacy_mode,
    redaction: isRedacting ? redaction : null,
    broadcast_generation_cost,
    broadcast_generation_identity,
    broadcast_generation_request_context,
    config: { ...draft.config, ...Object.fromEntries(gone.map((field) => [field.name, null])) },
  };
}
