import { generateKeyPairSync } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { createHttpClient } from "@tracecast/core";
import type { Destination, HttpClient, HttpRequest, HttpResult } from "@tracecast/core";

/** The secret that every destination of these tests has. */
export const secret = "canary-secret-of-the-settings-1";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

/** Good settings for a type that sends, whatever it asks for: its secrets are one that can be looked for. */
export function configFor({ form }: Destination): Readonly<Record<string, string>> {
  const special: Readonly<Record<string, string>> = {
    endpoint: "https://far.example.com",
    otlpEndpoint: "https://far.example.com/v1/traces",
    url: "https://far.example.com",
    host: "https://far.example.com",
    bucketName: "traces",
    account: "far-end",
    instanceId: "123456",
    projectId: "far-end-project",
    serviceAccountKey: JSON.stringify({ client_email: secret, private_key: privateKey }),
    dsn: "https://0123456789abcdef@o0.ingest.sentry.io/1",
  };
  const needed = form.filter(({ required }) => required);
  return Object.fromEntries(needed.map((field) => [field.name, special[field.name] ?? secret]));
}

/** A request as it would leave. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Unpacked. */
  readonly body: Buffer;
}

/** Notes every request as it would leave, unpacked, and sends it to the far end instead. */
export function recording(sent: SentRequest[], farEnd: string): HttpClient {
  const real = createHttpClient();
  return {
    request(request: HttpRequest) {
      const { url, body = "", headers = {} } = request;
      const bytes = Buffer.from(body as Uint8Array);
      sent.push({ url, headers, body: headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes });
      return url === tokenUrl ? token : real.request({ ...request, url: farEnd });
    },
    close: () => real.close(),
  };
}

const tokenUrl = "https://oauth2.googleapis.com/token";

/** What Google's token address answers: nothing else asks for anything before it sends. */
const token: Promise<HttpResult> = Promise.resolve({
  kind: "response",
  status: 200,
  host: "oauth2.googleapis.com",
  headers: {},
  body: JSON.stringify({ access_token: `ya29.${secret}`, expires_in: 3599 }),
});
