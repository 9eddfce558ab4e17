import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SettingsError } from "../settings/settings-error.ts";

/**
 * Makes a server listen and answers with its address, such as `http://127.0.0.1:8787`.
 * @throws {@link SettingsError} when the port is taken or the address is not this machine's.
 */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new SettingsError(sentenceFor((error as NodeJS.ErrnoException).code, host, port));
  }
  const { address, port: bound, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
}

function sentenceFor(code: string | undefined, host: string, port: number): string {
  if (code === "EADDRINUSE") {
    return `Port ${port} on ${host} is in use; stop what listens there, or set TRACECAST_PORT to another port (0 picks a free one).`;
  }
  if (code === "EACCES")
    return `Port ${port} needs more rights than this process has; set TRACECAST_PORT to one above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is not an address of this machine; set TRACECAST_HOST to one that is, such as 127.0.0.1.`;
  }
  return `Cannot listen on ${host}:${port} (${code}).`;
}
