import { useEffect, useRef, useState } from "preact/hooks";

/** JSON as people read it, with a button that copies it. */
export function JsonBlock({ title, value }: { title: string; value: unknown }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const block = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  // Where the page came by plain HTTP from another host, a browser lets nobody write to its clipboard.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      if (block.current) getSelection()?.selectAllChildren(block.current);
      setSaid("Selected; copy it with the keyboard");
    }
  };
  return (
    <figure class="json">
      <figcaption>
        <code>{title}</code>
        <span role="status" class="hint">
          {said}
        </span>
        <button type="button" class="small" onClick={() => void copy()}>
          Copy<span class="out-of-sight"> {title}</span>
        </button>
      </figcaption>
      <pre ref={block} tabIndex={0} role="region" aria-label={title}>
        {text}
      </pre>
    </figure>
  );
}
