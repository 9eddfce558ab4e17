import { lookup } from "node:dns";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";

/** The `code` of the error a connection to an address that nobody may have ends with. */
export const forbiddenAddress = "FORBIDDEN_ADDRESS";
/** The `code` of the error a connection into a private network ends with, where those are refused. */
export const privateAddress = "PRIVATE_ADDRESS";

/** Whether destinations may live in private networks: on this machine, in a local network, behind a carrier's. */
export type PrivateNetworks = "allow" | "refuse";

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

/** Whether an address is one of a private network: everything that the internet at large does not reach. */
export function isPrivateAddress(address: string): boolean {
  return !ipaddr.isValid(address) || ipaddr.process(address).range() !== "unicast";
}

function refusalOf(address: string, privateNetworks: PrivateNetworks): Error | undefined {
  const code = isForbiddenAddress(address)
    ? forbiddenAddress
    : privateNetworks === "refuse" && isPrivateAddress(address)
      ? privateAddress
      : undefined;
  return code === undefined ? undefined : Object.assign(new Error(`${address} is refused`), { code });
}

/**
 * A connector that refuses forbidden addresses, literal ones before connecting and named ones at the look-up whose answer the
 * connection then uses, so that a name cannot be checked as one address and connected as another.
 */
export function guardedConnector(options: {
  readonly timeoutMs: number;
  readonly privateNetworks: PrivateNetworks;
}): buildConnector.connector {
  const { timeoutMs, privateNetworks } = options;
  const connect = buildConnector({
    timeout: timeoutMs,
    lookup: (hostname, lookupOptions, callback) => {
      lookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
        if (error) return callback(error, "", 0);
        const refusals = addresses.flatMap(({ address }) => refusalOf(address, privateNetworks) ?? []);
        if (refusals[0]) return callback(refusals[0], "", 0);
        const [first] = addresses;
        if (lookupOptions.all) return callback(null, addresses);
        return callback(null, first?.address ?? "", first?.family ?? 0);
      });
    },
  });
  return (request, callback) => {
    const literal = request.hostname.replace(/^\[|\]$/g, "");
    const refusal = isIP(literal) ? refusalOf(literal, privateNetworks) : undefined;
    if (refusal) return callback(refusal, null);
    connect(request, callback);
  };
}
