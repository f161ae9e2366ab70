// What the console asks of the server: the public API, as any other client uses it.

import { login } from "../pages/parts/services.js";
import { sender } from "../services/http.js";
import { Problem } from "../services/problem.js";
import type { components } from "../types/api.js";

/** The schemas of the API's bodies, by name. */
export type Schemas = components["schemas"];

export type Permission = Schemas["User"]["permissions"][number];

/** Query parameters; those that are undefined or empty are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

const send = sender("", login);

/** A path with query parameters. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** Reads a path of the API. Throws Problem. */
export async function read<T>(path: string): Promise<T> {
  return (await (await send({ path })).json()) as T;
}

/** Reads a file of the API as it is, all of it. Throws Problem, `cut_off` where its transfer broke off. */
export async function readFile(path: string, signal: AbortSignal): Promise<Blob> {
  const response = await send({ path, signal, timeout: 15 * 60_000 });
  try {
    return await response.blob();
  } catch (error) {
    throw new Problem("cut_off", String(error));
  }
}

/** Changes something. `key` is the request's Idempotency-Key: with the same key it is done only once. Throws Problem. */
export async function write<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body: unknown, key: string): Promise<T> {
  const headers = method === "POST" ? { "Idempotency-Key": key } : undefined;
  const response = await send({ method, path, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) });
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}
