"use client";

import { type PointerEvent, type ReactNode, type RefObject, useEffect, useId, useRef } from "react";

import { Icon } from "./Icon.js";
import { useWords } from "../i18n/language.js";

interface DialogProps {
  open: boolean;
  heading: string;
  onClose: () => void;
  children: ReactNode;
}

const FAR = 96;
/** Pixels that a sheet is dragged down to close it. */

/** The browser's own modal dialog: it traps the focus, makes the page behind it inert and closes with Escape. On a phone it is a
 * sheet at the lower edge, which can also be dragged down by its header.
 */
export function Dialog({ open, heading, onClose, children }: DialogProps) {
  const words = useWords();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  const drag = useDrag(element, onClose);

  useEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);

  return (
    <dialog
      ref={element}
      className="pt-dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {open && (
        <div className="pt-dialog-body">
          <header {...drag}>
            <h2 id={id}>{heading}</h2>
            <button type="button" className="pt-icon-button" aria-label={words.form.close} onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

/** Handlers for the header of a sheet: it follows a finger, and is closed when it was dragged far enough. */
function useDrag(sheet: RefObject<HTMLDialogElement | null>, onClose: () => void) {
  const from = useRef<number | null>(null);
  const move = (event: PointerEvent, released: boolean) => {
    if (from.current === null || sheet.current === null) return;
    const down = Math.max(0, event.clientY - from.current);
    sheet.current.style.translate = released || down === 0 ? "" : `0 ${down}px`;
    sheet.current.style.transition = released ? "" : "none";
    if (!released) return;
    from.current = null;
    if (down > FAR && event.type === "pointerup") onClose();
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.pointerType === "mouse" || !(event.target instanceof Element) || event.target.closest("button")) return;
      from.current = event.clientY;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => move(event, false),
    onPointerUp: (event: PointerEvent) => move(event, true),
    onPointerCancel: (event: PointerEvent) => move(event, true),
  };
}
