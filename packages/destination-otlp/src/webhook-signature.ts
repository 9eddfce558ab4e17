import { createHash, createHmac } from "node:crypto";

/**
 * The headers that sign a body by Standard Webhooks. The id is the body's own hash, so that a resend has the same one; each secret makes one
 * signature, so that a receiver may know the old or the new one while they are exchanged.
 *
 * @param secrets - One or more, separated by spaces: `whsec_` and Base64.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(
  secrets: string,
  body: string | Uint8Array,
  nowMs: number,
): Readonly<Record<string, string>> {
  const id = `msg_${createHash("sha256").update(body).digest("hex").slice(0, 32)}`;
  const timestamp = String(Math.floor(nowMs / 1000));
  const signatures = secrets.split(/\s+/).map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
    return `v1,${digest}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
