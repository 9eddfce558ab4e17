import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Serves the settings page. Answers whether the request was for it. */
export type PageServer = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

const built = fileURLToPath(new URL("../../dist/page", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Everything the page needs comes from here, and it may be shown in no other page. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

interface File {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

/**
 * Reads the built page into memory; it is small. Where it was not built, `/` is the provider's like any other path.
 * @param folder - what `vite build` has written
 */
export function pageFiles(folder: string = built): PageServer {
  const files = filesIn(folder);
  return (request, response, path) => {
    const file = files.get(path === "/" ? "/index.html" : path);
    if (!file || (request.method !== "GET" && request.method !== "HEAD")) return false;
    // Names under /assets/ change with what is in them.
    const cache = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    const head = { ...headers, "content-type": file.type, "cache-control": cache, etag: file.etag };
    if (request.headers["if-none-match"] === file.etag) response.writeHead(304, head).end();
    else response.writeHead(200, head).end(request.method === "HEAD" ? undefined : file.body);
    return true;
  };
}

function filesIn(folder: string): ReadonlyMap<string, File> {
  try {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    return new Map(
      found.map((one) => {
        const file = join(one.parentPath, one.name);
        const body = readFileSync(file);
        const type = types[extname(file)] ?? "application/octet-stream";
        const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"`;
        return [`/${relative(folder, file).replaceAll(sep, "/")}`, { body, type, etag }];
      }),
    );
  } catch {
    return new Map();
  }
}
