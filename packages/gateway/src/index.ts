export { startGateway } from "./gateway.ts";
export type { Gateway } from "./gateway.ts";
export { destinationTypes } from "./destination-types.ts";
export { loadDestinationTypes } from "./settings/plugins.ts";
export { readSettings } from "./settings/settings.ts";
export type { Settings, UpstreamSettings } from "./settings/settings.ts";
export { SettingsError } from "./settings/settings-error.ts";
export type { Environment } from "./settings/expand-variables.ts";
export type { LocalTraces } from "./local/local-traces.ts";
