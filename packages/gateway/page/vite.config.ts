import { defineConfig } from "vite";

// Relative addresses: the page works behind any path prefix.
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  build: { outDir: "../dist/page", emptyOutDir: true, modulePreload: { polyfill: false } },
});
