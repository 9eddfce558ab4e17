const slabBytes = 1024 * 1024;

/** Hands out bytes, many side by side in one allocation: one for each keeps the garbage collector busy. */
export class Slab {
  #bytes = Buffer.alloc(0);
  #used = 0;

  /** So many bytes, with anything in them. */
  take(length: number): Buffer {
    if (length > slabBytes / 4) return Buffer.allocUnsafeSlow(length);
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
    }
    this.#used += length;
    return this.#bytes.subarray(this.#used - length, this.#used);
  }
}

/** Turns texts into bytes that are looked at once: each takes the place of the one before. */
export class Scratch {
  #bytes = Buffer.alloc(0);

  /** A text in UTF-8, until the next one. */
  of(text: string): Buffer {
    const most = text.length * 3;
    if (most > slabBytes) return Buffer.from(text);
    if (most > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(slabBytes);
    return this.#bytes.subarray(0, this.#bytes.write(text));
  }
}
