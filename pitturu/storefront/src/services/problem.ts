/** An error with a stable code. The server has its own codes (`out_of_stock`, `token_expired`, …); those of the
 * browser are `offline`, `unreachable`, `slow`, `signed_out`, `script_blocked` and `script_slow`.
 * `problemText` of the words in `i18n` says what happened and what to do next.
 */
export class Problem extends Error {
  readonly code: string;
  /** HTTP status; 0 without a response. */
  readonly status: number;
  /** Messages by field, in English, for developers. */
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

  /** Whether the same request may succeed later without any change. */
  get passing(): boolean {
    return PASSING.has(this.code) || this.status === 429 || this.status >= 500;
  }
}

const PASSING: ReadonlySet<string> = new Set(["offline", "unreachable", "slow", "request_in_progress"]);

/** Anything thrown, as a Problem. An unexpected error is a defect of ours and keeps its message for the console. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem("unforeseen", String(thrown));
}
