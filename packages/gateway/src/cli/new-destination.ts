import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type { Destination } from "@tracecast/core";
import { destinationTypes } from "../destination-types.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { version } from "../version.ts";

const template = fileURLToPath(new URL("../../template", import.meta.url));

// Under their own names they would speak for this package, and npm would leave one of them out.
const renamed: ReadonlyMap<string, string> = new Map([
  ["gitignore", ".gitignore"],
  ["package.template.json", "package.json"],
]);

/** Runs `tracecast new destination`. Answers the exit code. */
export function runNewDestination(name: string, parent: string): number {
  try {
    const folder = newDestination(name, parent, destinationTypes);
    process.stdout.write(`${folder} is written. Next: cd ${folder} && npm install && npm test\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/**
 * Writes the package of a new destination type: one that passes the contract as it is, to be made into a real one.
 * @param parent - the folder to make the package's own in
 * @returns the package's folder
 * @throws {@link SettingsError} for a name that cannot be one, or a folder that is there or cannot be written
 */
export function newDestination(name: string, parent: string, types: readonly Destination[]): string {
  checkName(name, types);
  const folder = resolve(parent, `tracecast-destination-${name}`);
  if (existsSync(folder))
    throw new SettingsError(`${folder} is there already; choose another name or --dir.`);
  try {
    for (const file of filesIn(template)) {
      const target = join(folder, renamed.get(file) ?? file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, named(readFileSync(join(template, file), "utf8"), name));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(`${folder} cannot be written (${code}); choose another --dir.`);
  }
  return folder;
}

function filesIn(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function checkName(name: string, types: readonly Destination[]): void {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 50 || !isIdentifier(identifierOf(name)))
    throw new SettingsError(
      `"${name}" cannot be a destination's name: it must be lower-case letters, digits and single dashes, such as acme, and no word of JavaScript.`,
    );
  if (types.some(({ type }) => type === name))
    throw new SettingsError(`There is a destination type "${name}" already; choose another name.`);
}

/** Compiles, and never runs, a declaration of it. */
function isIdentifier(word: string): boolean {
  try {
    return new Script(`"use strict"; let ${word};`) instanceof Script;
  } catch {
    return false;
  }
}

const identifierOf = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const titleOf = (name: string): string =>
  name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

/** The template's text with its `acme` replaced: as a bare word it is the identifier, within names and quotes the type. */
function named(text: string, name: string): string {
  const forms: Readonly<Record<string, string>> = {
    ACME: name.toUpperCase().replaceAll("-", "_"),
    Acme: titleOf(name),
    acme: name,
    "^0.0.0": `^${version}`,
  };
  return text.replaceAll(
    /(?<![-\w./"])(acme)(?=[:,\s}])|ACME|Acme|acme|\^0\.0\.0/g,
    (found: string, bare?: string) => (bare === undefined ? (forms[found] ?? found) : identifierOf(name)),
  );
}
