import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Builds the settings page once, before the tests of the gateway begin: they run in many processes and see one page. */
export async function setup(): Promise<void> {
  await build({
    configFile: fileURLToPath(new URL("../../page/vite.config.ts", import.meta.url)),
    logLevel: "error",
  });
}
