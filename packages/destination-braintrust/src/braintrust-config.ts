import { isIP } from "node:net";
import { customHeaders, secret } from "@tracecast/core";
import { z } from "zod";

/** Braintrust's data plane in the US. @see https://www.braintrust.dev/docs/api-reference */
const defaultBaseUrl = "https://api.braintrust.dev";

/** Plain HTTP is for one's own network: an address, this machine, or a name without dots. */
function mayBePlain(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 || !host.includes(".") || /\.(?:localhost|local|internal)$/.test(host);
}

function isUsable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username || password || search || hash) return false;
  return protocol === "https:" || (protocol === "http:" && mayBePlain(hostname));
}

/** The settings of a Braintrust destination. */
export const braintrustConfig = z.object({
  apiKey: secret().meta({
    title: "Api Key",
    description: "A Braintrust API key or service token, from the account settings.",
  }),
  projectId: z
    .string({ error: "is required" })
    .trim()
    .regex(/^[\w-]+$/, "must be the project's id, a UUID from the project's settings")
    .meta({ title: "Project Id", description: "The id in the project's settings, a UUID." }),
  baseUrl: z
    .string()
    .trim()
    .overwrite((url) => url.replace(/\/+$/, ""))
    .refine(
      isUsable,
      "must be an https URL without a user, query or fragment, such as https://api.braintrust.dev",
    )
    .default(defaultBaseUrl)
    .meta({
      title: "Base Url",
      description: "The data plane: https://api-eu.braintrust.dev in the EU, or one's own.",
    }),
  headers: customHeaders(),
});
