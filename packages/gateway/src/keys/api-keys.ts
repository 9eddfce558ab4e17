import { hash, randomBytes } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";
import type { ConfigStore, SavedKey } from "../store/config-store.ts";
import { defaultWorkspaceId } from "../store/workspace.ts";
import type { KeyOwner } from "./key-owner.ts";
import type { GatewayError } from "../proxy/answer-error.ts";

/** A key and what it was made into. */
export interface IssuedKey {
  readonly saved: SavedKey;
  /** Shown this once. */
  readonly key: string;
}

/**
 * The keys that requests come with, by their SHA-256. With a key of the gateway's own at the provider, only those it issued may call models; without,
 * clients bring the provider's keys, and those known here merely have a name.
 */
export class ApiKeys {
  /** Whether the gateway issues keys. */
  readonly issues: boolean;
  readonly #store: ConfigStore;
  readonly #now: () => number;

  constructor(store: ConfigStore, options: { readonly issues: boolean; readonly now: () => number }) {
    this.#store = store;
    this.issues = options.issues;
    this.#now = options.now;
  }

  /** Makes a key. */
  issue(name: string, workspaceId: string): IssuedKey {
    const key = `sk-tc-${randomBytes(32).toString("base64url")}`;
    const label = `${key.slice(0, 9)}...${key.slice(-3)}`;
    return { key, saved: this.#save({ hash: hashOf(key), name, label, workspaceId, disabled: false }) };
  }

  /** Gives a client's own key a name. */
  name(hash: string, name: string, workspaceId: string): SavedKey {
    return this.#save({ hash, name, label: `${hash.slice(0, 8)}...`, workspaceId, disabled: false });
  }

  /** Changes one that is known. */
  change(saved: SavedKey, changes: { readonly name?: string; readonly disabled?: boolean }): SavedKey {
    return this.#save({ ...saved, ...changes });
  }

  list(): readonly SavedKey[] {
    return this.#store.keys().toSorted((a, b) => b.createdMs - a.createdMs || (a.hash < b.hash ? -1 : 1));
  }

  get(hash: string): SavedKey | undefined {
    return this.#store.key(hash);
  }

  delete(hash: string): void {
    this.#store.deleteKey(hash);
  }

  /** Why a token may not call models; undefined where it may. Looked up by its hash, so that no comparison tells anything of a key. */
  objection(token: string | undefined): GatewayError | undefined {
    const saved = token === undefined ? undefined : this.#store.key(hashOf(token));
    if (saved?.disabled) return disabled;
    return !this.issues || saved ? undefined : unknown;
  }

  /** Whether a token is among the keys and not disabled. */
  knows(token: string | undefined): boolean {
    const saved = token === undefined ? undefined : this.#store.key(hashOf(token));
    return saved !== undefined && !saved.disabled;
  }

  /** Whose the key with a hash is: of the default workspace where it is not known. */
  ownerOf(hash: string | undefined): KeyOwner {
    const saved = hash === undefined ? undefined : this.#store.key(hash);
    return saved ?? { workspaceId: defaultWorkspaceId };
  }

  /**
   * An event that was not captured here, with the name and the workspace of its key. Where that is not known, it stays in the workspace it names, else it
   * is of that of the key that brought it.
   */
  placed(event: TraceEvent, token?: string): TraceEvent {
    const saved = event.apiKey && this.#store.key(event.apiKey.hash);
    if (saved)
      return { ...event, apiKey: { hash: saved.hash, name: saved.name }, workspaceId: saved.workspaceId };
    if (event.workspaceId !== undefined) return event;
    return { ...event, workspaceId: this.ownerOf(token && hashOf(token)).workspaceId };
  }

  #save(key: Omit<SavedKey, "createdMs" | "updatedMs">): SavedKey {
    const nowMs = this.#now();
    const saved = { ...key, createdMs: this.get(key.hash)?.createdMs ?? nowMs, updatedMs: nowMs };
    this.#store.saveKey(saved);
    return saved;
  }
}

const hashOf = (key: string): string => hash("sha256", key);

const unknown: GatewayError = {
  status: 401,
  type: "invalid_api_key",
  message: "This gateway did not issue this key; ask its operator for one.",
};

const disabled: GatewayError = {
  status: 401,
  type: "api_key_disabled",
  message: "This key was disabled by the operator of this gateway.",
};
