// The least that a proxy is: a server, undici, and a pipe each way. Arguments: its port, the provider's address.
import { createServer } from "node:http";
import { Agent } from "undici";

const [port, origin = ""] = process.argv.slice(2);
const agent = new Agent();

createServer((request, response) => {
  const { host: _, connection: __, ...headers } = request.headers;
  void agent
    .stream(
      { origin, path: request.url ?? "/", method: "POST", headers, body: request },
      ({ statusCode, headers }) => {
        const { "transfer-encoding": _, connection: __, ...kept } = headers;
        return response.writeHead(statusCode, kept as Record<string, string>);
      },
    )
    .catch(() => response.destroy());
}).listen(Number(port), "127.0.0.1");
