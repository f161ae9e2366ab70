// One value that all tabs see at once. `localStorage` will not do for that: each process of a browser reads its own copy,
// which may lag behind what another tab has just written. Where a browser refuses, there is nothing here.

const NAME = "pitturu";
const STORE = "kept";
const KEY = "tokens";

export async function seal(value: unknown): Promise<void> {
  await within("readwrite", (store) => store.put(value, KEY));
}

export async function unseal<T>(): Promise<T | null> {
  return ((await within("readonly", (store) => store.get(KEY))) as T | null | undefined) ?? null;
}

async function within(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  try {
    const database = await opened();
    const request = work(database.transaction(STORE, mode).objectStore(STORE));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    }).finally(() => database.close());
  } catch {
    return null;
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
