import { Problem } from "./problem.js";

/** The source of access tokens. `renew` is called when the server refused `spent`; null means: not logged in. */
export interface Auth {
  accessToken(): Promise<string | null>;
  renew(spent: string): Promise<string | null>;
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Milliseconds after which the response counts as lost. */
  timeout?: number;
  signal?: AbortSignal;
  /** Whether the call needs a login; false for the catalogue and for logging in. */
  signedIn?: boolean;
  /** Whether the browser sends and stores the cookie of the login. Such a call is completed even if the page is left. */
  cookie?: boolean;
}

const TIMEOUT = 15_000;
/** Milliseconds: the server gives up on its own database after 10 s and says so. */

export type Send = (call: Call) => Promise<Response>;

/** A function that sends calls to `origin` (empty: where the page came from). It throws Problem and nothing else. */
export function sender(origin: string, auth: Auth): Send {
  return async (call) => {
    if (call.signedIn === false) return answered(await sent(origin, call, null));
    const token = await auth.accessToken();
    if (token === null) throw signedOut();
    const response = await sent(origin, call, token);
    if (response.status !== 401) return answered(response);
    const fresh = await auth.renew(token);
    if (fresh === null) throw signedOut();
    return answered(await sent(origin, call, fresh));
  };
}

function signedOut(): Problem {
  return new Problem("signed_out", "Nobody is signed in.", { status: 401 });
}

async function sent(origin: string, call: Call, token: string | null): Promise<Response> {
  const headers = new Headers(call.headers);
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  if (call.body !== undefined) headers.set("Content-Type", "application/json");
  const late = AbortSignal.timeout(call.timeout ?? TIMEOUT);
  try {
    return await fetch(`${origin}/api/v1${call.path}`, {
      method: call.method ?? "GET",
      headers,
      credentials: call.cookie ? "same-origin" : "omit",
      keepalive: call.cookie ?? false,
      cache: "no-store",
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ? AbortSignal.any([late, call.signal]) : late,
    });
  } catch (error) {
    throw notAnswered(String(error), late.aborted);
  }
}

function notAnswered(detail: string, late: boolean): Problem {
  if (!navigator.onLine) return new Problem("offline", detail);
  return new Problem(late ? "slow" : "unreachable", detail);
}

/** The response, or the server's problem. A 304 is a response. */
async function answered(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  const told = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  throw new Problem(text(told["code"], "http_error"), text(told["detail"], `HTTP ${response.status}`), {
    status: response.status,
    fields: (told["errors"] ?? {}) as Record<string, string[]>,
    retryAfter: seconds(response),
    requestId: response.headers.get("X-Request-ID"),
  });
}

/** Retry-After in milliseconds. */
export function seconds(response: Response): number | null {
  const said = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(said) ? said * 1000 : null;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
