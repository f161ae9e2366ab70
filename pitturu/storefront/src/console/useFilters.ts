import { useMemo } from "react";
import { useLocation, useSearch } from "wouter";

export interface Filters<Name extends string> {
  /** What the address says; empty where it says nothing. */
  values: Readonly<Record<Name, string>>;
  /** Whether any filter is set. */
  active: boolean;
  cursor: string;
  /** Goes to the first page with these filters, as a new entry of the history. */
  apply: (values: Partial<Record<Name, string>>) => void;
  clear: () => void;
  /** The address of another page of the same list. */
  pageAt: (cursor: string) => string;
}

/** The filters and the page of a list, kept in the address, so that it can be shared and the back button works. */
export function useFilters<Name extends string>(names: readonly Name[]): Filters<Name> {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const key = names.join();
  const values = useMemo(() => {
    const given = new URLSearchParams(search);
    return Object.fromEntries(names.map((name) => [name, given.get(name) ?? ""])) as Record<Name, string>;
  }, [search, key]);
  const address = (wanted: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries(wanted).filter(([, value]) => value);
    const query = new URLSearchParams(given as [string, string][]).toString();
    return query ? `${path}?${query}` : path;
  };
  return {
    values,
    active: names.some((name) => values[name] !== ""),
    cursor: new URLSearchParams(search).get("cursor") ?? "",
    apply: (changed) => navigate(address({ ...values, ...changed })),
    clear: () => navigate(path),
    pageAt: (cursor) => address({ ...values, cursor }),
  };
}
