// Reading from the API, with a cache by path: a page that is shown again has its last content at once.

import useSWR, { useSWRConfig } from "swr";

import { read } from "./api.js";
import { asProblem, type Problem } from "../services/problem.js";

export interface Resource<T> {
  value: T | undefined;
  problem: Problem | null;
  /** Whether it is being read, for the first time or again. */
  busy: boolean;
  reload: () => void;
}

interface Options<T> {
  /** Milliseconds until it is read again while the page is visible; 0: only when the page is focused again. */
  every?: number | ((value: T | undefined) => number);
}

/** What the API has at `path`; nothing is read while it is null. */
export function useResource<T>(path: string | null, { every = 0 }: Options<T> = {}): Resource<T> {
  const { data, error, isValidating, mutate } = useSWR<T, unknown>(path, read, {
    // A new function each time: the interval is computed again from what was read last.
    refreshInterval: typeof every === "number" ? every : (latest) => every(latest),
    shouldRetryOnError: (thrown: unknown) => asProblem(thrown).passing,
  });
  return { value: data, problem: error === undefined ? null : asProblem(error), busy: isValidating, reload: () => void mutate() };
}

/** Reads everything again whose path begins with this one. */
export function useRefresh(): (prefix: string) => Promise<unknown> {
  const { mutate } = useSWRConfig();
  return (prefix) => mutate((key) => typeof key === "string" && key.startsWith(prefix));
}
