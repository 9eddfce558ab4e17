export { datadog } from "./datadog.ts";
