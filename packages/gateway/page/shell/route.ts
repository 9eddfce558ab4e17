import { useEffect, useState } from "preact/hooks";
import { letGo, mayLeave } from "./leave-guard.ts";

/** Where the page is, by the part of the address behind `#/`. */
export interface Route {
  readonly segments: readonly string[];
  /** Whether somebody wants to go elsewhere and would lose changes. */
  readonly isHeld: boolean;
  readonly leave: () => void;
  readonly stay: () => void;
}

/** What follows a question mark is the page's own, such as a filter. */
const segmentsOf = (hash: string): readonly string[] =>
  hash
    .replace(/^#\/?|\?.*$/g, "")
    .split("/")
    .map(decodeURIComponent);

/** Follows the address. Every page begins at its top, with the focus on it. */
export function useRoute(): Route {
  const [segments, setSegments] = useState(() => segmentsOf(location.hash));
  const [wanted, setWanted] = useState<string>();
  useEffect(() => {
    // A link is held before it is followed, so that the browser's own way back stays what it was.
    const clicked = (event: MouseEvent) => {
      const link =
        event.target instanceof Element && event.target.closest<HTMLAnchorElement>("a[href^='#/']");
      if (!link || mayLeave() || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      setWanted(link.hash);
    };
    const changed = ({ oldURL }: HashChangeEvent) => {
      if (!mayLeave()) {
        setWanted(location.hash);
        history.replaceState(null, "", new URL(oldURL).hash || "#/");
        return;
      }
      setSegments(segmentsOf(location.hash));
      window.scrollTo(0, 0);
      document.getElementById("main")?.focus({ preventScroll: true });
    };
    window.addEventListener("hashchange", changed);
    document.addEventListener("click", clicked);
    return () => {
      window.removeEventListener("hashchange", changed);
      document.removeEventListener("click", clicked);
    };
  }, []);
  return {
    segments,
    isHeld: wanted !== undefined,
    stay: () => setWanted(undefined),
    leave() {
      letGo();
      setWanted(undefined);
      location.hash = wanted ?? "#/";
    },
  };
}
