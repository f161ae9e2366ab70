import { exclusively } from "./exclusively.js";
import { type Auth, type Call, type Send, sender } from "./http.js";
import { MARGIN, refused, type Tokens, TokenStore } from "./tokens.js";

interface Kept {
  /** The login that the token belongs to, as in `localStorage`. */
  login: string;
  access: string;
  /** When the access token expires by this device's clock, in milliseconds. */
  until: number;
}

const LOGIN = "pitturu.login";
const ACCESS = "pitturu.access";

/**
 * The login of pages that are served from pitturu's own origin. The refresh token is in a cookie that no script can read.
 *
 * Each tab keeps its access token, which expires within minutes, in `sessionStorage`. Without that every page would
 * refresh, and one that is left before the answer came would leave a cookie that was used. `localStorage` has a random
 * name of the login and no token: it tells all tabs that somebody is logged in, and when that changes.
 */
export class CookieLogin implements Auth {
  readonly #send: Send = sender("", this);
  readonly #old = new TokenStore();

  get signedIn(): boolean {
    return localStorage.getItem(LOGIN) !== null || this.#old.signedIn;
  }

  /** A name of this login that says nothing about the user; null for nobody. Another tab may have changed it. */
  get name(): string | null {
    return localStorage.getItem(LOGIN);
  }

  /** Calls `listener` when another tab has logged out or in, until the result is called. */
  whenChanged(listener: () => void): () => void {
    const stored = (event: StorageEvent) => (event.key === LOGIN || event.key === null) && listener();
    // A page that is left with the back button still shows what it showed then.
    const shown = (event: PageTransitionEvent) => event.persisted && listener();
    window.addEventListener("storage", stored);
    window.addEventListener("pageshow", shown);
    return () => {
      window.removeEventListener("storage", stored);
      window.removeEventListener("pageshow", shown);
    };
  }

  /** Begins a login: `request` is one with `cookie: true`. Throws what it throws. */
  async begin(request: () => Promise<Tokens>): Promise<void> {
    await exclusively(async () => {
      const tokens = await request();
      localStorage.setItem(LOGIN, crypto.randomUUID());
      await this.#renewed(tokens);
    });
  }

  /** Ends the login in all tabs, after the server has ended it and deleted the cookie. Throws Problem. */
  async end(): Promise<void> {
    await exclusively(async () => {
      const old = await this.#old.newestRefreshToken();
      try {
        await this.#send(withCookie("/auth/logout", old === null ? {} : { refresh_token: old }));
      } catch (thrown) {
        if (!refused(thrown)) throw thrown;
      }
      await this.#forget();
    });
  }

  async accessToken(): Promise<string | null> {
    const kept = this.#kept();
    return kept !== null && Date.now() < kept.until - MARGIN ? kept.access : this.renew(kept?.access ?? null);
  }

  async renew(spent: string | null): Promise<string | null> {
    if (!this.signedIn) return null;
    return exclusively(async () => {
      const kept = this.#kept();
      if (kept !== null && kept.access !== spent) return kept.access;
      // An earlier release kept the refresh token where scripts can read it. It moves into the cookie.
      const old = await this.#old.newestRefreshToken();
      if (old === null && !this.signedIn) return null;
      try {
        const body = old === null ? {} : { refresh_token: old, cookie: true };
        const tokens = (await (await this.#send(withCookie("/auth/refresh", body))).json()) as Tokens;
        await this.#renewed(tokens);
        return tokens.access_token;
      } catch (thrown) {
        if (!refused(thrown)) throw thrown;
        await this.#forget();
        return null;
      }
    });
  }

  async #renewed(tokens: Tokens): Promise<void> {
    const login = localStorage.getItem(LOGIN) ?? crypto.randomUUID();
    localStorage.setItem(LOGIN, login);
    const kept: Kept = { login, access: tokens.access_token, until: Date.now() + tokens.expires_in * 1000 };
    sessionStorage.setItem(ACCESS, JSON.stringify(kept));
    if (this.#old.signedIn) await this.#old.forget();
  }

  async #forget(): Promise<void> {
    localStorage.removeItem(LOGIN);
    sessionStorage.removeItem(ACCESS);
    if (this.#old.signedIn) await this.#old.forget();
  }

  /** This tab's access token, unless another tab has logged out or in since. */
  #kept(): Kept | null {
    try {
      const kept = JSON.parse(sessionStorage.getItem(ACCESS) ?? "null") as Kept | null;
      return kept !== null && kept.login === localStorage.getItem(LOGIN) ? kept : null;
    } catch {
      return null;
    }
  }
}

function withCookie(path: string, body: unknown): Call {
  return { method: "POST", path, body, signedIn: false, cookie: true };
}
