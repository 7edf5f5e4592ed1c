/**
 * What this device keeps, in IndexedDB: the outbox with its pictures, the account, and the
 * last answers, so that lists can be read without a network.
 *
 * Writing resolves when the bytes are on the disk (`durability: 'strict'`), because the
 * phone may be switched off in the next second.
 */
import type { Item } from '../outbox/item';
import type { Keep } from '../outbox/outbox';

const NAME = 'quanke-field';
const VERSION = 1;
const STORES = ['items', 'pictures', 'kept'] as const;
type Store = (typeof STORES)[number];

let opening: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const name of STORES)
        if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close(); // a newer page may upgrade
      asked.result.onclose = () => (opening = null);
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error ?? new Error('no database'));
  });
  return opening;
}

async function read<T>(store: Store, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const made = (await database()).transaction(store, 'readonly').objectStore(store);
  return new Promise((resolve, reject) => {
    const asked = ask(made);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('not read'));
  });
}

async function write(
  stores: Store[],
  change: (store: (name: Store) => IDBObjectStore) => void,
): Promise<void> {
  const made = (await database()).transaction(stores, 'readwrite', { durability: 'strict' });
  return new Promise((resolve, reject) => {
    made.oncomplete = () => resolve();
    made.onabort = () => reject(made.error ?? new Error('not written'));
    change((name) => made.objectStore(name));
  });
}

export const device: Keep = {
  all: () => read('items', (store) => store.getAll() as IDBRequest<Item[]>),

  put: (item, pictures = new Map()) =>
    write(['items', 'pictures'], (store) => {
      for (const [upload, blob] of pictures) store('pictures').put(blob, upload);
      store('items').put(item, item.id);
    }),

  async picture(upload) {
    const found = await read('pictures', (store) => store.get(upload) as IDBRequest<Blob>);
    return found ?? null;
  },

  forget: (item) =>
    write(['pictures'], (store) => {
      for (const { upload } of item.pictures) store('pictures').delete(upload);
    }),

  drop: (item) =>
    write(['items', 'pictures'], (store) => {
      for (const { upload } of item.pictures) store('pictures').delete(upload);
      store('items').delete(item.id);
    }),

  replace: (old, item, pictures) =>
    write(['items', 'pictures'], (store) => {
      for (const { upload } of old.pictures) store('pictures').delete(upload);
      for (const [upload, blob] of pictures) store('pictures').put(blob, upload);
      store('items').delete(old.id);
      store('items').put(item, item.id);
    }),
};

export interface Kept<T> {
  value: T;
  /** When it was read from the server, milliseconds since 1970. */
  at: number;
}

export const kept = <T>(key: string): Promise<Kept<T> | null> =>
  read('kept', (store) => store.get(key) as IDBRequest<Kept<T> | undefined>).then(
    (found) => found ?? null,
  );

export const keepValue = <T>(key: string, value: T, at: number): Promise<void> =>
  write(['kept'], (store) => store('kept').put({ value, at }, key));

export const dropValue = (key: string): Promise<void> =>
  write(['kept'], (store) => store('kept').delete(key));

/** Forget the kept cases that are not among these: whoever has no task there need not keep it. */
export async function keepOnly(prefix: string, ids: ReadonlySet<string>): Promise<void> {
  const keys = await read('kept', (store) => store.getAllKeys());
  const gone = keys.filter(
    (key) => String(key).startsWith(prefix) && !ids.has(String(key).slice(prefix.length)),
  );
  if (gone.length > 0) await write(['kept'], (store) => gone.forEach((key) => store('kept').delete(key)));
}

/** Forget every kept answer, but not the outbox: after signing out. */
export const dropValues = (): Promise<void> => write(['kept'], (store) => store('kept').clear());
