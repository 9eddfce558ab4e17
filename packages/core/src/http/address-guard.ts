import { lookup } from "node:dns";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";

/** The `code` of the error a connection to a forbidden address ends with. */
export const forbiddenAddress = "FORBIDDEN_ADDRESS";

/**
 * Whether no destination may live at this address: link-local ranges hold the metadata services of cloud providers, which hand
 * out credentials, and the rest are no addresses of a host at all.
 */
export function isForbiddenAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  const range: string = parsed.range();
  return (
    ["linkLocal", "multicast", "broadcast", "unspecified", "reserved"].includes(range) ||
    // The IPv6 address of the AWS metadata service lies in a unique-local range.
    parsed.toNormalizedString() === "fd00:ec2:0:0:0:0:0:254"
  );
}

const refusal = (hostname: string) =>
  Object.assign(new Error(`${hostname} is an address that destinations may not have`), {
    code: forbiddenAddress,
  });

/**
 * A connector that refuses forbidden addresses, literal ones before connecting and named ones at the look-up whose answer the
 * connection then uses, so that a name cannot be checked as one address and connected as another.
 */
export function guardedConnector(options: { timeoutMs: number }): buildConnector.connector {
  const connect = buildConnector({
    timeout: options.timeoutMs,
    lookup: (hostname, lookupOptions, callback) => {
      lookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
        if (error) return callback(error, "", 0);
        const forbidden = addresses.find(({ address }) => isForbiddenAddress(address));
        if (forbidden) return callback(refusal(hostname), "", 0);
        const [first] = addresses;
        if (lookupOptions.all) return callback(null, addresses);
        return callback(null, first?.address ?? "", first?.family ?? 0);
      });
    },
  });
  return (request, callback) => {
    const literal = request.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) && isForbiddenAddress(literal)) return callback(refusal(literal), null);
    connect(request, callback);
  };
}
