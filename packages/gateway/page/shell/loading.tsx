/** Grey lines where something will stand, so that nothing jumps when it does. */
export function Loading({ lines }: { readonly lines: number }) {
  return (
    <div class="loading" role="status" aria-busy="true">
      <span class="out-of-sight">Loading…</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class="line" />
      ))}
    </div>
  );
}
