import { createHash } from "node:crypto";
import type { HttpClient, HttpResult } from "@tracecast/core";
import { AwsV4Signer } from "aws4fetch";

/** Where objects go, and with whose rights. */
export interface BucketSettings {
  readonly bucketName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An object to be written. */
export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

/** Writes objects into one bucket. */
export interface Bucket {
  put(object: StoredObject, options: { signal: AbortSignal; timeoutMs?: number }): Promise<HttpResult>;
}

/**
 * A bucket behind any API like S3's. On AWS the region need not be known: a bucket elsewhere answers with it, and is asked again there.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function openBucket(settings: BucketSettings, http: HttpClient): Bucket {
  const { endpoint } = settings;
  let region = settings.region ?? (endpoint === undefined ? "us-east-1" : regionOf(endpoint));
  return {
    async put(object, { signal, timeoutMs = 30_000 }) {
      const attempt = async () =>
        http.request({ ...(await signed(settings, region, object)), body: object.body, signal, timeoutMs });
      const result = await attempt();
      const elsewhere = result.kind === "response" ? result.headers["x-amz-bucket-region"] : undefined;
      const isElsewhere = elsewhere !== undefined && elsewhere !== region && settings.region === undefined;
      if (result.kind === "failure" || result.status < 300 || !isElsewhere || endpoint !== undefined)
        return result;
      region = elsewhere;
      return attempt();
    },
  };
}

async function signed(settings: BucketSettings, region: string, { key, body, contentType }: StoredObject) {
  const { accessKeyId, secretAccessKey, sessionToken, headers } = settings;
  const signer = new AwsV4Signer({
    method: "PUT",
    url: `${baseUrlOf(settings, region)}/${key.split("/").map(encodeURIComponent).join("/")}`,
    headers: {
      ...headers,
      "content-type": contentType,
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: "s3",
    region,
  });
  const request = await signer.sign();
  return {
    url: request.url.toString(),
    method: "PUT" as const,
    headers: Object.fromEntries(request.headers as Iterable<[string, string]>),
  };
}

/** Other stores have no wildcard certificates, and AWS none for names with dots: there the bucket stands in the path. */
function baseUrlOf({ bucketName, endpoint }: BucketSettings, region: string): string {
  if (endpoint !== undefined) return `${endpoint}/${bucketName}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucketName.includes(".") ? `https://${host}/${bucketName}` : `https://${bucketName}.${host}`;
}

/** AWS has the region in the host's name; R2 calls its only one `auto`, and takes `us-east-1` for it, as most stores do. */
function regionOf(endpoint: string): string {
  return /\bs3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(endpoint)?.[1] ?? "us-east-1";
}
