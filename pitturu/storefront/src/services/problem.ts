/**
 * Whatever went wrong, by a stable code. The server's codes are its own (`out_of_stock`, `token_expired`, …); those of
 * the browser are `offline`, `unreachable`, `slow`, `signed_out`, `script_blocked` and `script_slow`.
 * `problemText` of the words in `i18n` says what happened and what to do next.
 */
export class Problem extends Error {
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Complaints by field, in English, for developers. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfter: number | null;
  readonly requestId: string | null;

  constructor(code: string, detail: string, about: Partial<Omit<Problem, "code" | keyof Error>> = {}) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.status = about.status ?? 0;
    this.fields = about.fields ?? {};
    this.retryAfter = about.retryAfter ?? null;
    this.requestId = about.requestId ?? null;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get passing(): boolean {
    return PASSING.has(this.code) || this.status === 429 || this.status >= 500;
  }
}

const PASSING: ReadonlySet<string> = new Set(["offline", "unreachable", "slow", "request_in_progress"]);

/** Anything thrown, as a Problem. What we did not foresee is a mistake of ours and keeps its words for the console. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem("unforeseen", String(thrown));
}
