import { Alert } from "../../components/Alert.js";
import type { Schemas } from "../api.js";

/** The rows of several that were not changed, each with the reason. Nothing where there is none. */
export function LeftAlone({ heading, rows }: { heading: string; rows: readonly Schemas["LeftAlone"][] }) {
  if (rows.length === 0) return null;
  return (
    <Alert kind="error">
      <p>{heading}</p>
      <ul>
        {rows.map(({ id, reason }) => (
          <li key={id}>
            <code>{id}</code> {reason}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
