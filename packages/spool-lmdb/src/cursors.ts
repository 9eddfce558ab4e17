import type { Write } from "./committer.ts";
import type { Store, StoreName } from "./store.ts";

/** How far a destination has come. */
interface Cursor {
  /** Everything up to this position that it was to get is settled. */
  upTo: number;
  /** What is settled behind that, and whether the store knows it. */
  readonly ahead: Map<number, { stored: boolean }>;
}

type CursorWrite = Write & { readonly store: StoreName };

/** How far every destination has come, in the store: one position each, and the few that were settled ahead of it. */
export class Cursors {
  readonly #cursors = new Map<string, Cursor>();
  #dirty = new Set<string>();

  /** Reads what the store knows. */
  load(store: Store): void {
    for (const [key, record] of store.records("settled")) {
      const [destinationId, position] = key as readonly [string] | readonly [string, number];
      const cursor = this.#of(destinationId);
      if (position === undefined) cursor.upTo = Number(record.toString("utf8"));
      else cursor.ahead.set(position, { stored: true });
    }
  }

  /** The highest position that any destination has passed. */
  get highest(): number {
    return Math.max(0, ...[...this.#cursors.values()].map(({ upTo }) => upTo));
  }

  isSettled(destinationId: string, position: number): boolean {
    const { upTo, ahead } = this.#of(destinationId);
    return position <= upTo || ahead.has(position);
  }

  /** Notes that positions were settled. */
  settled(destinationId: string, positions: readonly number[]): void {
    const { ahead } = this.#of(destinationId);
    for (const position of positions) ahead.set(position, { stored: false });
    this.#dirty.add(destinationId);
  }

  /** Says once more what {@link take} said, whose writing failed. */
  untake(destinationIds: Iterable<string>): void {
    for (const destinationId of destinationIds) {
      this.#dirty.add(destinationId);
      for (const mark of this.#of(destinationId).ahead.values()) mark.stored = false;
    }
  }

  /**
   * What has changed since the last time, as writes.
   * @param upTo - up to where a destination has settled everything
   * @param isHeld - whether a position is still in the store, for somebody else
   */
  take(
    upTo: (destinationId: string) => number,
    isHeld: (position: number) => boolean,
  ): { readonly destinationIds: ReadonlySet<string>; readonly writes: readonly CursorWrite[] } {
    const destinationIds = this.#dirty;
    this.#dirty = new Set();
    const writes = [...destinationIds].flatMap((id) => this.#writesFor(id, upTo(id), isHeld));
    return { destinationIds, writes };
  }

  #writesFor(destinationId: string, upTo: number, isHeld: (position: number) => boolean): CursorWrite[] {
    const cursor = this.#of(destinationId);
    cursor.upTo = Math.max(cursor.upTo, upTo);
    const record = Buffer.from(String(cursor.upTo));
    const writes: CursorWrite[] = [{ store: "settled", key: [destinationId], record }];
    for (const [position, mark] of cursor.ahead) {
      const key = [destinationId, position];
      if (position <= cursor.upTo || !isHeld(position)) {
        cursor.ahead.delete(position);
        if (mark.stored) writes.push({ store: "settled", key });
      } else if (!mark.stored) {
        mark.stored = true;
        writes.push({ store: "settled", key, record: Buffer.of(1) });
      }
    }
    return writes;
  }

  #of(destinationId: string): Cursor {
    let cursor = this.#cursors.get(destinationId);
    if (!cursor) this.#cursors.set(destinationId, (cursor = { upTo: 0, ahead: new Map() }));
    return cursor;
  }
}
