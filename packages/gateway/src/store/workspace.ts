/** The workspace that is always there. */
export const defaultWorkspaceId = "00000000-0000-4000-8000-000000000001";

/** A workspace: destinations, keys, and a switch for them. Times are epoch milliseconds. */
export interface SavedWorkspace {
  /** A UUID. */
  readonly id: string;
  /** What it is called in addresses and in a `tracecast.yaml`. */
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly broadcastEnabled: boolean;
  readonly createdMs: number;
  /** Absent where it never changed. */
  readonly updatedMs?: number;
}

/** The default workspace as it is before anybody changes it. */
export const defaultWorkspace: SavedWorkspace = {
  id: defaultWorkspaceId,
  slug: "default",
  name: "Default",
  description: null,
  broadcastEnabled: true,
  createdMs: Date.UTC(2026, 0, 1),
};
