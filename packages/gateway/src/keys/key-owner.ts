/** Whose a key is. */
export interface KeyOwner {
  /** What the key was named. */
  readonly name?: string;
  readonly workspaceId: string;
}
