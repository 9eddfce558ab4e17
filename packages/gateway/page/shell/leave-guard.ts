import { useEffect } from "preact/hooks";

let isHeld = false;

/** Whether the page holds changes that going elsewhere would lose. */
export const mayLeave = (): boolean => !isHeld;

/** Lets go, for what was changed is saved or given up. */
export function letGo(): void {
  isHeld = false;
}

/** Holds whoever goes elsewhere, or closes the page, while there are unsaved changes. */
export function useLeaveGuard(isDirty: boolean): void {
  useEffect(() => {
    isHeld = isDirty;
    if (!isDirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => {
      if (isHeld) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      isHeld = false;
      window.removeEventListener("beforeunload", warn);
    };
  }, [isDirty]);
}
