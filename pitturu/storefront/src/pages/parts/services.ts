// The shop's own pages are customers of the public API like anybody else's.

import { createPaymentService } from "../../services/paymentService.js";
import { forgetAny } from "../../services/pending.js";
import { TokenStore } from "../../services/tokens.js";

export const tokens = new TokenStore();

export const service = createPaymentService({ auth: tokens });

/** Where to log in, and where to go on afterwards. */
export function loginAddress(): string {
  return `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
}

export async function logOut(): Promise<void> {
  const { refreshToken } = tokens;
  await tokens.forget();
  forgetAny();
  try {
    if (refreshToken !== null) await service.logout(refreshToken);
  } finally {
    location.assign("/");
  }
}
