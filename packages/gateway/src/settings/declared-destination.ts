import type { DestinationSettings } from "@tracecast/dispatcher";
import { defaultWorkspaceId } from "../store/workspace.ts";
import type { SavedWorkspace } from "../store/workspace.ts";
import { SettingsError } from "./settings-error.ts";

/** A destination as the environment and the config file declare it. */
export interface DeclaredDestination extends Omit<DestinationSettings, "workspaceId"> {
  /** The slug of its workspace. @defaultValue the default one, whatever it is called */
  readonly workspace?: string;
}

/**
 * Declared destinations, each in its workspace.
 * @throws {@link SettingsError} where one names a workspace that is not there
 */
export function inWorkspaces(
  declared: readonly DeclaredDestination[],
  workspaces: readonly SavedWorkspace[],
): readonly DestinationSettings[] {
  return declared.map(({ workspace, ...settings }) => {
    if (workspace === undefined) return { ...settings, workspaceId: defaultWorkspaceId };
    const found = workspaces.find(({ slug }) => slug === workspace);
    if (found) return { ...settings, workspaceId: found.id };
    const known = workspaces.map(({ slug }) => slug).join(", ");
    throw new SettingsError(
      `Destination "${settings.name}" names the workspace "${workspace}", which is not one of: ${known}. Make it by POST /api/v1/workspaces first.`,
    );
  });
}
