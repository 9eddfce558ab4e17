// A bare `vitest` finds its projects here; the list itself is in vitest.workspace.ts.
export { default } from "./vitest.workspace.ts";
