import { useEffect, useState } from "preact/hooks";
import { ApiFailure, ask } from "./api.ts";

/** What is asked for again and again. */
export interface Polled<T> {
  /** The latest answer; undefined before the first. */
  readonly value: T | undefined;
  /** Why there was no later one. */
  readonly failure: string | undefined;
  /** Asks at once. */
  readonly refresh: () => void;
}

/** Asks for a path every `everyMs` milliseconds while the page can be seen. */
export function usePolled<T>(path: string, everyMs: number): Polled<T> {
  const [value, setValue] = useState<T>();
  const [failure, setFailure] = useState<string>();
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async () => {
      if (document.visibilityState === "visible")
        try {
          const answer = await ask<T>("GET", path);
          if (gone) return;
          setValue(answer);
          setFailure(undefined);
        } catch (error) {
          if (gone) return;
          setFailure(error instanceof ApiFailure ? error.message : String(error));
        }
      timer = setTimeout(() => void next(), everyMs);
    };
    void next();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [path, everyMs, asked]);
  return { value, failure, refresh: () => setAsked((count) => count + 1) };
}
