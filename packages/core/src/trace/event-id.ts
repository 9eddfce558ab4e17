import { V7Generator } from "uuidv7";

// Random numbers by the thousand: to ask the system for a few at a time costs more than all else about an id.
const pool = new Uint32Array(1024);
let left = 0;

const generator = new V7Generator({
  nextUint32() {
    if (left === 0) left = crypto.getRandomValues(pool).length;
    left -= 1;
    return pool[left] ?? 0;
  },
});

/** A new id for an event: a UUIDv7. */
export const eventId = (): string => generator.generate().toString();
