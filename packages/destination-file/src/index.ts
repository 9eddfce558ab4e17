export { consoleDestination, consoleTo } from "./console.ts";
export { file } from "./file.ts";
