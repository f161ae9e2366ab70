import { exclusively } from "./exclusively.js";
import { type Auth, type Send, sender } from "./http.js";
import { Problem } from "./problem.js";
import { seal, unseal } from "./vault.js";

/** The server's response to a login. The refresh token is null if it is in a cookie. */
export interface Tokens {
  access_token: string;
  refresh_token: string | null;
  expires_in: number;
}

interface Kept {
  access: string;
  refresh: string | null;
  /** When the access token expires by this device's clock, in milliseconds. */
  until: number;
}

const KEY = "pitturu.tokens";

/** Milliseconds before its expiry at which a token is renewed: enough for the request that is about to use it. */
export const MARGIN = 10_000;

/**
 * The tokens of a frontend on another origin than pitturu, which gets no cookie (`CookieLogin`): stored where scripts of
 * this origin can read them, and shared by all of its tabs.
 */
export class TokenStore implements Auth {
  readonly #send: Send;

  constructor(origin = "") {
    this.#send = sender(origin, this);
  }

  get signedIn(): boolean {
    return this.#kept() !== null;
  }

  async keep(tokens: Tokens): Promise<void> {
    const until = Date.now() + tokens.expires_in * 1000;
    const kept: Kept = { access: tokens.access_token, refresh: tokens.refresh_token, until };
    localStorage.setItem(KEY, JSON.stringify(kept));
    await seal(kept);
  }

  async forget(): Promise<void> {
    localStorage.removeItem(KEY);
    await seal(null);
  }

  /** For logging out, which needs the refresh token. */
  get refreshToken(): string | null {
    return this.#kept()?.refresh ?? null;
  }

  /** The refresh token of the last renewal in any tab. */
  async newestRefreshToken(): Promise<string | null> {
    return (await this.#newest())?.refresh ?? null;
  }

  async accessToken(): Promise<string | null> {
    const kept = this.#kept();
    if (kept === null) return null;
    return Date.now() < kept.until - MARGIN ? kept.access : this.renew(kept.access);
  }

  /** A refresh token can be used once: the server treats a second use as theft and ends the login. So only one tab at a
    * time renews, and waiting tabs use its result.
   */
  async renew(spent: string): Promise<string | null> {
    return exclusively(async () => {
      const kept = await this.#newest();
      if (kept === null || kept.access !== spent) return kept?.access ?? null;
      try {
        const body = { refresh_token: kept.refresh };
        const response = await this.#send({ method: "POST", path: "/auth/refresh", body, signedIn: false });
        const tokens = (await response.json()) as Tokens;
        await this.keep(tokens);
        return tokens.access_token;
      } catch (thrown) {
        if (!refused(thrown)) throw thrown;
        await this.forget();
        return null;
      }
    });
  }

  /** The tokens of the last renewal in any tab, even if this tab's `localStorage` is not up to date. */
  async #newest(): Promise<Kept | null> {
    const kept = this.#kept();
    const sealed = await unseal<Kept>();
    return kept !== null && sealed !== null && sealed.until > kept.until ? sealed : kept;
  }

  #kept(): Kept | null {
    try {
      return JSON.parse(localStorage.getItem(KEY) ?? "null") as Kept | null;
    } catch {
      return null;
    }
  }
}

/** Whether the server said that this refresh token is worth nothing any more. */
export function refused(thrown: unknown): boolean {
  return thrown instanceof Problem && (thrown.status === 401 || thrown.status === 422);
}
