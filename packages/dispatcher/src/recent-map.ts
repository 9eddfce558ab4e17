/**
 * A map that remembers at least the last `atLeast` entries and at most twice as many. It forgets a whole generation at a time, which
 * costs nothing per entry.
 */
export class RecentMap<K, V> {
  readonly #atLeast: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(atLeast: number) {
    this.#atLeast = atLeast;
  }

  set(key: K, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#atLeast) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Oldest first. */
  values(): readonly V[] {
    return [...this.#old.values(), ...this.#young.values()];
  }
}
