// The shop's own pages are ordinary clients of the public API.

import { createPaymentService } from "../../services/paymentService.js";
import { forgetAny } from "../../services/pending.js";
import { TokenStore } from "../../services/tokens.js";

export const tokens = new TokenStore();

export const service = createPaymentService({ auth: tokens });

/** The login page, with the page to return to. */
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
