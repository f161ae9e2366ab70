// Who uses the console, and what the role permits. The server checks every request again.

import { createContext, type ReactNode, useContext } from "react";

import type { Permission, Schemas } from "./api.js";

export type Operator = Schemas["User"];

const Present = createContext<Operator | null>(null);

export function OperatorProvider({ operator, children }: { operator: Operator; children: ReactNode }) {
  return <Present.Provider value={operator}>{children}</Present.Provider>;
}

/** The operator who is logged in. */
export function useOperator(): Operator {
  const operator = useContext(Present);
  if (operator === null) throw new Error("Nobody is logged in here.");
  return operator;
}

/** Whether the operator's role has this permission. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useOperator();
  return (permission) => permissions.includes(permission);
}

/** Shows its children only to those who may do this. */
export function Can({ permission, children }: { permission: Permission; children: ReactNode }) {
  return useMay()(permission) ? <>{children}</> : null;
}
