import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A question that must be answered before anything else. */
export interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What happens, in a word or two: `Purge`. */
  readonly action: string;
  readonly onAction: () => void;
  readonly onCancel: () => void;
  /** What not to do is called. @defaultValue "Cancel" */
  readonly cancel?: string;
}

/** Asks before something that cannot be undone. */
export function Dialog({ title, children, action, onAction, onCancel, cancel = "Cancel" }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onCancel}>
      <h2 id="dialog-title">{title}</h2>
      {children}
      <div class="buttons">
        <button type="button" onClick={onCancel}>
          {cancel}
        </button>
        <button type="button" class="danger solid" onClick={onAction}>
          {action}
        </button>
      </div>
    </dialog>
  );
}
