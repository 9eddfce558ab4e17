export { opik } from "./opik.ts";
