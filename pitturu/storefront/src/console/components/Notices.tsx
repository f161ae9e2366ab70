import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";

const Notify = createContext<(text: string) => void>(() => undefined);

const SHOWN = 6000;
/** Milliseconds that a notice stays. */

/** Says at the bottom of the page that something was done. */
export function NoticeProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const notify = useCallback((next: string) => {
    clearTimeout(timer.current);
    setText(next);
    timer.current = setTimeout(() => setText(""), SHOWN);
  }, []);
  return (
    <Notify.Provider value={notify}>
      {children}
      <div className="pc-notice" role="status">
        {text && <p>{text}</p>}
      </div>
    </Notify.Provider>
  );
}

export function useNotify(): (text: string) => void {
  return useContext(Notify);
}
