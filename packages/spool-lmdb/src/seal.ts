import { createCipheriv, createDecipheriv, randomFillSync } from "node:crypto";
import { TracecastError } from "@tracecast/core";

const nonceBytes = 12;
const tagBytes = 16;

/** How many bytes so many become. */
export const sealedBytes = (plainBytes: number): number => nonceBytes + tagBytes + plainBytes;

/** Encrypts and decrypts what is stored. What is sealed for one `place` does not open in another. */
export interface Seal {
  /** Encrypts. */
  seal(plain: Buffer, place: string): Buffer;
  /** Encrypts into bytes that are there already: as many as `sealedBytes` says. */
  sealInto(target: Buffer, plain: Buffer, place: string): void;
  /**
   * Decrypts.
   * @throws when the bytes, their place or the key are not those of the sealing.
   */
  open(sealed: Buffer, place: string): Buffer;
}

/**
 * AES-256-GCM with a random nonce for each message, `nonce | tag | ciphertext`.
 * @param key - 32 bytes
 * @throws `TracecastError` `CONFIG_INVALID` for a key of another length
 */
export function createSeal(key: Uint8Array): Seal {
  if (key.length !== 32) {
    throw new TracecastError(
      "CONFIG_INVALID",
      `The encryption key has ${key.length} bytes; it must have 32. Make one with: openssl rand -base64 32`,
    );
  }
  const nonces = nonceSource();
  const sealInto = (target: Buffer, plain: Buffer, place: string) => {
    const nonce = nonces();
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
    target.set(nonce, 0);
    target.set(cipher.update(plain), nonceBytes + tagBytes);
    cipher.final();
    target.set(cipher.getAuthTag(), nonceBytes);
  };
  return {
    seal(plain, place) {
      const sealed = Buffer.allocUnsafe(sealedBytes(plain.length));
      sealInto(sealed, plain, place);
      return sealed;
    },
    sealInto,
    open(sealed, place) {
      const nonce = sealed.subarray(0, nonceBytes);
      const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
      const text = decipher.update(sealed.subarray(nonceBytes + tagBytes));
      return Buffer.concat([text, decipher.final()]);
    },
  };
}

/** Random nonces, many of them from one call of the system: a call for each costs more than the encryption. None is given twice. */
function nonceSource(): () => Buffer {
  const pool = Buffer.alloc(nonceBytes * 1024);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += nonceBytes;
    return pool.subarray(used - nonceBytes, used);
  };
}
