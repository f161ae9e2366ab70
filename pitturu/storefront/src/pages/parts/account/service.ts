// What the pages of an account ask of the server besides what a checkout needs. Everything throws Problem.

import { login } from "../services.js";
import { sender } from "../../../services/http.js";
import type { components } from "../../../types/api.js";

export type OwnEmail = components["schemas"]["OwnEmail"];

/** What shows that the owner asks: the present password, and a code where the account has a second factor. */
export interface Proof {
  password: string;
  code?: string;
}

const send = sender("", login);

const TIMEOUT = 5 * 60_000;
/** Milliseconds for a copy of everything. */

async function asked<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown, signedIn = true): Promise<T> {
  return (await send({ method, path, body, signedIn })).json() as Promise<T>;
}

export const account = {
  email: () => asked<OwnEmail>("GET", "/auth/email"),
  changeEmail: (proof: Proof, email: string) => asked<OwnEmail>("POST", "/auth/email", { ...proof, email }),
  confirmEmail: (code: string) => asked<OwnEmail>("POST", "/auth/email/confirm", { email_code: code }),
  removeEmail: (proof: Proof) => asked<OwnEmail>("DELETE", "/auth/email", proof),

  requestReset: (name: string) => asked<unknown>("POST", "/auth/password-reset", { account: name }, false),
  setPassword: (token: string, newPassword: string, code: string) =>
    asked<unknown>(
      "POST",
      "/auth/password-reset/confirm",
      { token, new_password: newPassword, ...(code ? { code } : {}) },
      false,
    ),

  copy: async (password: string) => {
    const response = await send({ method: "POST", path: "/auth/account/export", body: { password }, timeout: TIMEOUT });
    return response.blob();
  },
  erase: (proof: Proof, username: string) => asked<unknown>("POST", "/auth/account/erase", { ...proof, username }),
};
