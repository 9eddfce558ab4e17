import { gunzipSync } from "node:zlib";
import type { Destination, HttpClient } from "@tracecast/core";
import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { s3 } from "./s3.ts";

/** The contract looks for what was sent in the text of a request: here, before it is compressed. */
const uncompressed: Destination = {
  ...s3,
  connect: (config, { http }) => s3.connect(config, { http: gunzipping(http) }),
};

function gunzipping(http: HttpClient): HttpClient {
  return {
    close: () => http.close(),
    request(request) {
      const { body, url } = request;
      const plain = url.endsWith(".gz") ? gunzipSync(body ?? "") : body;
      return http.request({ ...request, ...(plain !== undefined && { body: plain }) });
    },
  };
}

const stored = { headers: { etag: '"9a0364b9e99bb480dd25e1f0284c8555"' } };

destinationContract({
  describe,
  test,
  destination: uncompressed,
  config: (endpoint) => ({
    bucketName: "traces",
    accessKeyId: "AKIAIOSFODNN7CONTRACT",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/contractKey",
    endpoint,
    layout: "batch",
    headers: { "x-team": "observability-team" },
  }),
  reply: { test: stored, send: stored },
});
