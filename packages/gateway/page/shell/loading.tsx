/** What stands where something is loaded. */
export interface LoadingProps {
  readonly lines: number;
  /** What the lines are arranged like. @defaultValue one below the other */
  readonly like?: "types" | "card";
}

/** Grey lines where something will stand, so that nothing jumps when it does. */
export function Loading({ lines, like }: LoadingProps) {
  return (
    <div class={`loading ${like ?? ""}`} role="status" aria-busy="true">
      <span class="out-of-sight">Loading…</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="line" />
      ))}
    </div>
  );
}
