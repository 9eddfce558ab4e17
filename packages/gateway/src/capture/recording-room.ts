const defaultMaxBytes = 256 * 1024 * 1024;

/** Room for what is recorded, of all calls together, until it has become events. What finds none is not recorded. */
export class RecordingRoom {
  #left: number;

  constructor(maxBytes: number = defaultMaxBytes) {
    this.#left = maxBytes;
  }

  /** Takes room for so many bytes; answers whether there was any. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  /** Gives room back. */
  give(bytes: number): void {
    this.#left += bytes;
  }
}
