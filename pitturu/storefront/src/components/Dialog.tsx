"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";

import { Icon } from "./Icon.js";
import { useWords } from "../i18n/language.js";

interface DialogProps {
  open: boolean;
  heading: string;
  onClose: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: it traps the focus, makes the page behind it inert and closes with Escape. */
export function Dialog({ open, heading, onClose, children }: DialogProps) {
  const words = useWords();
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);

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
          <header>
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
