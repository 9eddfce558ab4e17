// Reads a whole store once, in a process of its own: a file that was cut off or overwritten makes the database's code crash. With a
// second path, copies what can be read to a new store there, and says how many records that were.
import { open } from "lmdb";

const [from = "", to] = process.argv.slice(2);
const env = open({ path: from, readOnly: true, maxDbs: 16 });
const copy = to === undefined ? undefined : open({ path: to, maxDbs: 16, encoding: "binary", noSync: true });
const names = /** @type {string[]} */ ([...env.getKeys()]);
const parts = names.map((name) => ({ name, part: env.openDB(name, { encoding: "binary" }) }));
let copied = 0;
for (const { name, part } of parts) {
  const target = copy?.openDB(name, { encoding: "binary" });
  const { entryCount } = /** @type {{ entryCount: number }} */ (part.getStats());
  let found = 0;
  for (const key of part.getKeys()) {
    const record = part.getBinary(key);
    if (!record || !isRecord(name, record)) continue;
    found += 1;
    // Each by itself: a crash further on loses nothing of what was found before.
    if (target?.putSync(key, record)) copied += 1;
  }
  if (!copy && found !== entryCount) {
    process.stderr.write(`${found} of ${entryCount} records can be read`);
    process.exit(1);
  }
}
process.stdout.write(String(copied));
process.exit(0);

/**
 * @param {string} name
 * @param {Buffer} record
 */
function isRecord(name, record) {
  return name === "settled" || name === "aside" || record[0] === 1 || record[0] === 2;
}
