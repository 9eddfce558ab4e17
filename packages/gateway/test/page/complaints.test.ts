import { expect, test } from "vitest";
import { complaintsIn } from "../../page/editor/complaints.ts";

const form = [
  { name: "apiKey", label: "Api Key", required: true, secret: true },
  { name: "baseUrl", label: "Base Url", required: false, secret: false },
  { name: "headers", label: "Custom headers", required: false, secret: false },
];

test.each([
  [
    "Invalid configuration: Braintrust is not configured right: Api Key (apiKey) is required; Base Url (baseUrl) Invalid URL.",
    { "config.apiKey": "is required", "config.baseUrl": "Invalid URL" },
  ],
  [
    "Invalid configuration: Acme is not configured right: Custom headers (headers).host is set by Tracecast itself; leave it out.",
    { "config.headers": "host is set by Tracecast itself" },
  ],
  [
    "Invalid request parameters: name: is required; filter_rules.groups.0.rules.1.value: is needed by equals.",
    { name: "is required", "filter_rules.groups.0.rules.1.value": "is needed by equals" },
  ],
  ["Not saved, for the connection test failed: Braintrust does not know this key; check Api Key.", {}],
  ["The gateway does not answer; is it running?", {}],
])("finds in %j what single settings are about", (message, expected) => {
  expect(Object.fromEntries(complaintsIn(message, form))).toEqual(expected);
});
