import type { Hono } from "hono";

/** What tells which methods an API has for a path, in the order of the alphabet; none: it has no such path. */
export function allowedMethods({ routes }: Hono): (path: string) => readonly string[] {
  const known = routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll(/:[^/]+/g, "[^/]+")}$`) }));
  return (path) => {
    const methods = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].toSorted();
  };
}
