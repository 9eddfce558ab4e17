export { raindrop } from "./raindrop.ts";
