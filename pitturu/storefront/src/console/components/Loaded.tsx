import type { ReactNode } from "react";

import { Alert } from "../../components/Alert.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { Icon } from "../../components/Icon.js";
import { problemText, useWords } from "../../i18n/language.js";
import { loginAddress } from "../../pages/parts/services.js";
import type { Problem } from "../../services/problem.js";
import { useOperator } from "../session.js";
import type { Resource } from "../useResource.js";
import { useConsoleWords } from "../words.js";

interface LoadedProps<T> {
  of: Resource<T>;
  /** Whether there is nothing to show. */
  isEmpty?: (value: T) => boolean;
  /** What is said then. */
  empty?: ReactNode;
  children: (value: T) => ReactNode;
}

/** What was read, or why it is not there: loading, an error with a way on, or nothing. Old content stays beside an error. */
export function Loaded<T>({ of, isEmpty, empty, children }: LoadedProps<T>) {
  const words = useConsoleWords();
  const { value, problem } = of;
  if (value === undefined && problem === null) return <Loading />;
  return (
    <>
      {problem !== null && <ReadProblem problem={problem} onRetry={of.reload} />}
      {value !== undefined && (isEmpty?.(value) ? <Empty>{empty ?? words.empty}</Empty> : children(value))}
    </>
  );
}

export function Loading() {
  const words = useConsoleWords();
  return (
    <div className="pc-loading" role="status" aria-busy="true">
      <span className="pt-unseen">{words.loading}</span>
      <span className="pc-bone" />
      <span className="pc-bone" />
      <span className="pc-bone" />
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <div className="pc-empty">
      <Icon name="info" />
      <p>{children}</p>
    </div>
  );
}

/** Why something could not be read, and what to do. */
function ReadProblem({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  const words = useConsoleWords();
  const operator = useOperator();
  if (problem.code === "signed_out") {
    location.replace(loginAddress());
    return null;
  }
  const forbidden = problem.status === 403;
  return (
    <Alert kind={problem.passing ? "waiting" : "error"}>
      {forbidden ? <p>{words.forbidden(words.roles[operator.role] ?? operator.role)}</p> : <ProblemText problem={problem} />}
      {!forbidden && problem.status !== 404 && (
        <Button kind="text" onClick={onRetry}>
          {words.retry}
        </Button>
      )}
    </Alert>
  );
}

/** A problem in words: our own where we have them, else what the server says, with the number to ask for. */
export function ProblemText({ problem }: { problem: Problem }) {
  const [words, shared] = [useConsoleWords(), useWords()];
  const known = words.problems[problem.code];
  if (known !== undefined) return <p>{known}</p>;
  if (problem.status === 404) return <p>{words.notFound}</p>;
  if (problem.code in shared.problems && problem.code !== "validation_failed") return <p>{problemText(shared, problem)}</p>;
  if (problem.status >= 500 || problem.status === 0) return <p>{problemText(shared, problem)}</p>;
  const fields = Object.values(problem.fields).flat();
  return (
    <>
      <p>{words.failed(problem.message)}</p>
      {fields.length > 0 && fields.some((text) => text !== problem.message) && (
        <ul>
          {Object.entries(problem.fields).map(([name, texts]) => (
            <li key={name}>
              {name}: {texts.join(" ")}
            </li>
          ))}
        </ul>
      )}
      {problem.requestId && <p className="pt-small">{words.requestId(problem.requestId)}</p>}
    </>
  );
}

/** Why a change was not done. */
export function ActionProblem({ problem }: { problem: Problem | null }) {
  if (problem === null) return null;
  return (
    <Alert kind={problem.passing ? "waiting" : "error"}>
      <ProblemText problem={problem} />
    </Alert>
  );
}

/** For visitors who are not operators. */
export function NoAccess({ text, href, label }: { text: string; href: string; label: string }) {
  return (
    <Alert kind="error">
      <p>{text}</p>
      <ButtonLink kind="text" href={href}>
        {label}
      </ButtonLink>
    </Alert>
  );
}
