import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { customHeaders, defineDestination, delivered, outcomeOf, piece, secret } from "@tracecast/core";
import type { Batch, Destination, EncodedEvent, HttpResult, Outcome, SendResult } from "@tracecast/core";
import { z } from "zod";
import { openBucket } from "./bucket.ts";
import type { Bucket, StoredObject } from "./bucket.ts";
import { testConnection } from "./connection-test.ts";
import { folderOf, fromKey, namePartsOf, templateVariables, toKey } from "./object-name.ts";
import { traceJson } from "./trace-file.ts";

const gzipped = promisify(gzip);

const optionalText = z.string().trim().min(1, "must not be empty").optional();

const config = z.object({
  bucketName: z
    .string({ error: "is required" })
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "must be a bucket's name: lower case, digits, dots and dashes",
    )
    .meta({ title: "Bucket Name" }),
  accessKeyId: secret().meta({ title: "Access Key Id", description: "It needs the right to put objects." }),
  secretAccessKey: secret().meta({ title: "Secret Access Key" }),
  sessionToken: secret()
    .optional()
    .meta({ title: "Session Token", description: "Of temporary credentials.", secret: true }),
  region: optionalText.meta({ title: "Region", description: "Found out by itself on AWS." }),
  endpoint: z
    .url({ protocol: /^https?$/, error: "must be a URL such as https://<account>.r2.cloudflarestorage.com" })
    .overwrite((url) => url.replace(/\/+$/, ""))
    .optional()
    .meta({ title: "Endpoint", description: "Of another store than AWS: Cloudflare R2, MinIO." }),
  prefix: z.string().default("tracecast-traces").meta({ title: "Prefix" }),
  pathTemplate: z
    .string()
    .refine(
      (template) =>
        [...template.matchAll(/\{(\w*)\}/g)].every(([, name]) => templateVariables.includes(name ?? "")),
      `may have the variables ${templateVariables.map((name) => `{${name}}`).join(" ")}`,
    )
    .default("{prefix}/{date}")
    .meta({
      title: "Path Template",
      description: "{prefix} {date} {year} {month} {day} {apiKeyName}; dates in UTC.",
    }),
  layout: z.enum(["trace", "batch"], { error: 'must be "trace" or "batch"' }).default("trace").meta({
    title: "Layout",
    description: "trace: a JSON file each. batch: gzipped JSON Lines, many traces a file.",
  }),
  batchSeconds: z
    .number({ error: "must be a number of seconds" })
    .min(1, "must be 1 or more")
    .max(3600, "must be 3600 or less")
    .default(60)
    .meta({ title: "Batch Seconds", description: "With the layout batch: how long traces wait for others." }),
  headers: customHeaders(),
});

const maxBytes = 16 * 1024 * 1024;

/**
 * The S3 destination: files of traces in a bucket of AWS, Cloudflare R2, MinIO or another store with S3's API.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export const s3: Destination = defineDestination({
  type: "s3",
  name: "S3",
  docsUrl: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html",
  config,
  // A batch is as many objects as are written at the same time.
  limits: { maxPieces: 8, maxBytes },
  connect(settings, { http }) {
    const { prefix, pathTemplate, layout, batchSeconds } = settings;
    const bucket = openBucket(settings, http);
    const nameOf = ({ pieces: [first] }: EncodedEvent) => {
      const parts = fromKey(first?.key ?? "");
      const folder = folderOf(pathTemplate, prefix, parts);
      return { folder: folder === "" ? "" : `${folder}/`, file: parts.file };
    };
    return {
      ...(layout === "batch" && { limits: { maxPieces: 5000, maxBytes, maxDelayMs: batchSeconds * 1000 } }),
      test: (signal) => testConnection({ bucket, settings }, signal),
      encode: (event) => [piece(`{"trace":${traceJson(event)}}`, toKey(namePartsOf(event)))],
      async send(batch, signal) {
        if (layout === "batch") {
          const outcome = judge(
            await bucket.put(await linesOf(batch, nameOf), { signal, timeoutMs: 60_000 }),
          );
          return { outcome };
        }
        return sendEach(bucket, batch, nameOf, signal);
      },
    };
  },
});

type NameOf = (event: EncodedEvent) => { readonly folder: string; readonly file: string };

/** All events in one object of gzipped JSON Lines. What is sent again as the same batch overwrites itself. */
async function linesOf(batch: Batch, nameOf: NameOf): Promise<StoredObject> {
  const [first] = batch;
  const { folder } = first ? nameOf(first) : { folder: "" };
  const ids = createHash("sha256")
    .update(batch.map(({ eventId }) => eventId).join())
    .digest("hex");
  const lines = batch.map(({ pieces }) => `${pieces[0]?.json}\n`).join("");
  return {
    key: `${folder}batch-${first?.eventId}-${ids.slice(0, 12)}.jsonl.gz`,
    body: await gzipped(lines),
    contentType: "application/gzip",
  };
}

/** An object for each event, all at the same time. */
async function sendEach(
  bucket: Bucket,
  batch: Batch,
  nameOf: NameOf,
  signal: AbortSignal,
): Promise<SendResult> {
  const exportedAt = new Date().toISOString();
  const outcomes = await Promise.all(
    batch.map(async (event) => {
      const { folder, file } = nameOf(event);
      const body = Buffer.from(`${event.pieces[0]?.json.slice(0, -1)},"exported_at":"${exportedAt}"}\n`);
      const result = await bucket.put(
        { key: folder + file, body, contentType: "application/json" },
        { signal },
      );
      return [event.eventId, judge(result)] as const;
    }),
  );
  return { outcome: delivered, exceptions: new Map(outcomes) };
}

/** A store says 200 and the ETag of what it has; any other success is not a store's. */
function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (result.kind === "failure") return outcome;
  if (outcome.status === "delivered" && result.headers["etag"] === undefined) {
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${result.host} does not answer as a store does`,
    };
  }
  // The clock that signs is ours: it may be put right, and then nothing was wrong with the key.
  if (result.status === 403 && result.body.includes("<Code>RequestTimeTooSkewed</Code>")) {
    return { status: "retry", reason: `${result.host} finds this machine's clock wrong` };
  }
  return outcome;
}
