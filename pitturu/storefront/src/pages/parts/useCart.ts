import { useEffect, useSyncExternalStore } from "react";

import { type CartLine, cartLines, takeOutBought, watchCart } from "../../services/cart.js";
import type { Session } from "../../types/payment.js";

/** The lines of the cart as they are now, whichever tab changed them. */
export function useCart(): readonly CartLine[] {
  return useSyncExternalStore(watchCart, cartLines);
}

/** Takes out of the cart what this session bought, as soon as it is paid or awaits its deposit. */
export function useBought(session: Session | null): void {
  useEffect(() => {
    if (session !== null) takeOutBought(session);
  }, [session?.session_id, session?.status]);
}
