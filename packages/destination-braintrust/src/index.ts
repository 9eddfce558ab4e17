export { braintrust } from "./braintrust.ts";
