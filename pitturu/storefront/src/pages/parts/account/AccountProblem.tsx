import { useAccountWords } from "./words.js";
import { Alert, ProblemAlert } from "../../../components/Alert.js";
import type { Problem } from "../../../services/problem.js";

/** The present problem, also one that only the pages of an account have. */
export function AccountProblem({ problem }: { problem: Problem | null }) {
  const text = useAccountWords().problems[problem?.code ?? ""];
  return text === undefined ? <ProblemAlert problem={problem} /> : <Alert kind="error">{text}</Alert>;
}
