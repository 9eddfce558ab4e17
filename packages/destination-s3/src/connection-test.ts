import { outcomeOf } from "@tracecast/core";
import type { TestResult } from "@tracecast/core";
import type { Bucket, BucketSettings } from "./bucket.ts";

/** What a connection is tested with. */
export interface TestTarget {
  readonly bucket: Bucket;
  readonly settings: BucketSettings & { readonly prefix: string };
}

/**
 * Writes `.tracecast-connection-test.json` under the prefix, always the same: nothing less shows that objects may be put. It is no trace, and its
 * name keeps it out of what reads those.
 */
export async function testConnection(
  { bucket, settings }: TestTarget,
  signal: AbortSignal,
): Promise<TestResult> {
  const { bucketName, prefix, endpoint } = settings;
  const folder = prefix.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  const object = {
    key: [...folder, ".tracecast-connection-test.json"].join("/"),
    body: Buffer.from('{"test":true}\n'),
    contentType: "application/json",
  };
  const result = await bucket.put(object, { signal, timeoutMs: 10_000 });
  const outcome = outcomeOf(result);
  if (outcome.status === "retry") {
    return fail(
      `${outcome.reason}, so nothing could be written; check the Endpoint or try again in a while.`,
    );
  }
  const code = result.kind === "response" ? (/<Code>(\w+)<\/Code>/.exec(result.body)?.[1] ?? "") : "";
  if (code === "NoSuchBucket")
    return fail(`There is no bucket "${bucketName}"; check the Bucket Name and the Region.`);
  if (code === "SignatureDoesNotMatch") {
    return fail(
      "The store does not accept the signature; paste the Secret Access Key again and check the Region.",
    );
  }
  if (code === "InvalidAccessKeyId")
    return fail("The store does not know the Access Key Id; paste it again.");
  if (code === "RequestTimeTooSkewed")
    return fail("The store finds this machine's clock wrong; set it right.");
  if (outcome.status === "rejected" && outcome.code === "unauthorized") {
    return fail(`This key may not put objects into the bucket "${bucketName}"; allow it s3:PutObject.`);
  }
  const isStore = result.kind === "response" && result.headers["etag"] !== undefined;
  if (outcome.status === "rejected" || !isStore) {
    const place = endpoint ?? `The region of "${bucketName}"`;
    return fail(
      `${place} does not answer as a store does; check the Endpoint, the Region and the Bucket Name.`,
    );
  }
  return { ok: true, message: `Objects can be written to the bucket "${bucketName}".` };
}

const fail = (message: string): TestResult => ({ ok: false, message });
