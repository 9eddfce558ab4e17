import { randomUUID } from "node:crypto";
import type { Dispatcher } from "@tracecast/dispatcher";
import type { ConfigStore } from "../store/config-store.ts";
import { defaultWorkspaceId } from "../store/workspace.ts";
import type { SavedWorkspace } from "../store/workspace.ts";
import { ApiError } from "./api-error.ts";
import type { Destinations } from "./destinations.ts";

/** What the workspaces of a gateway need. */
export interface WorkspacesOptions {
  readonly store: ConfigStore;
  readonly dispatcher: Dispatcher;
  readonly destinations: Destinations;
  readonly now: () => number;
}

/** What can be set of a workspace. */
export type WorkspaceFields = Pick<SavedWorkspace, "slug" | "name" | "description" | "broadcastEnabled">;

/** The workspaces of a gateway as its operator manages them; every change holds at once. */
export class Workspaces {
  readonly #options: WorkspacesOptions;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
  }

  /** The default one first, then the oldest. */
  list(): readonly SavedWorkspace[] {
    return this.#options.store.workspaces();
  }

  /**
   * One, by its id or its slug.
   * @throws {@link ApiError} 404
   */
  get(idOrSlug: string): SavedWorkspace {
    const found = this.list().find(({ id, slug }) => id === idOrSlug || slug === idOrSlug);
    if (!found) throw new ApiError(404, "There is no workspace with this id or slug.");
    return found;
  }

  /** @throws {@link ApiError} 400 for a slug that is taken */
  create(fields: WorkspaceFields): SavedWorkspace {
    return this.#save({ id: randomUUID(), createdMs: this.#options.now(), ...fields });
  }

  /** @throws {@link ApiError} 400 for a slug that is taken, 404 */
  update(idOrSlug: string, changes: Partial<WorkspaceFields>): SavedWorkspace {
    return this.#save({ ...this.get(idOrSlug), ...changes, updatedMs: this.#options.now() });
  }

  /** @throws {@link ApiError} 400 for the default one and one that is in use, 404 */
  delete(idOrSlug: string): void {
    const { store, dispatcher, destinations } = this.#options;
    const { id } = this.get(idOrSlug);
    if (id === defaultWorkspaceId) throw new ApiError(400, "The default workspace cannot be deleted.");
    const used = [
      counted(destinations.list(id).length, "destination"),
      counted(store.keys().filter(({ workspaceId }) => workspaceId === id).length, "key"),
    ].filter((count) => count !== undefined);
    if (used.length > 0)
      throw new ApiError(400, `The workspace still has ${used.join(" and ")}; delete them first.`);
    store.deleteWorkspace(id);
    dispatcher.switchWorkspace(id, true);
  }

  #save(workspace: SavedWorkspace): SavedWorkspace {
    const { id, slug, broadcastEnabled } = workspace;
    if (this.list().some((other) => other.slug === slug && other.id !== id))
      throw new ApiError(400, `Invalid request parameters: slug: "${slug}" is another workspace's already.`);
    this.#options.store.saveWorkspace(workspace);
    this.#options.dispatcher.switchWorkspace(id, broadcastEnabled);
    return workspace;
  }
}

const counted = (count: number, noun: string): string | undefined =>
  count === 0 ? undefined : `${count} ${noun}${count === 1 ? "" : "s"}`;
