import { isIP } from "node:net";
import { z } from "zod";

/** Plain HTTP is for one's own network: an address, this machine, or a name without dots. */
function mayBePlain(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 || !host.includes(".") || /\.(?:localhost|local|internal)$/.test(host);
}

function isUsable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  return protocol === "https:" || (protocol === "http:" && mayBePlain(hostname));
}

/** A setting that is an address: https, or plain http in one's own network. */
export function address(example: string): z.ZodString {
  return z
    .string({ error: "is required" })
    .trim()
    .refine(isUsable, `must be an https URL without a user or fragment, such as ${example}`);
}

/** A base address with a path added. */
export function at(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
  return url.href;
}

/** Where traces go at an OTLP endpoint: an address that already names them stays, one that ends before them is completed. */
export function tracesAt(endpoint: string): string {
  const { pathname } = new URL(endpoint);
  if (/\/v1\/traces\/*$/.test(pathname)) return endpoint;
  return /\/v1\/*$/.test(pathname) ? at(endpoint, "/traces") : at(endpoint, "/v1/traces");
}
