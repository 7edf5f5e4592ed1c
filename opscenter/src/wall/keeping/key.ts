/**
 * This screen's own key, and proofs that it is here (RFC 9449, DPoP).
 *
 * The browser makes the key and never shows its private half to anybody, the page included; it
 * lies in IndexedDB beside the token that is bound to it, so both are there or neither is.
 */
const NAME = 'quanke-display';
const STORE = 'kept';
const ONE = 'display';
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const ANSWER_MS = 5_000;

export interface Kept {
  keys: CryptoKeyPair;
  token: string;
}

export const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(CURVE, false, ['sign']) as Promise<CryptoKeyPair>;

/** A proof that the key is here: for one request, with a token once there is one. */
export async function prove(keys: CryptoKeyPair, method: string, path: string, token?: string): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey);
  const said = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: location.origin + path,
    iat: Math.floor(Date.now() / 1_000),
    nonce: await nonce(),
    ...(token && { ath: base64url(await crypto.subtle.digest('SHA-256', bytes(token))) }),
  };
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
  const text = [head, said].map((part) => base64url(bytes(JSON.stringify(part)))).join('.');
  return `${text}.${base64url(await crypto.subtle.sign(SIGNING, keys.privateKey, bytes(text)))}`;
}

/** The server's word for how fresh a proof is: this computer's clock may be wrong. */
async function nonce(): Promise<string | null> {
  const { headers } = await fetch('/auth/nonce', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
  return headers.get('dpop-nonce');
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const base64url = (raw: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(raw)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const done = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('nothing is kept here'));
  });

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
  return (await done(asked)).transaction(STORE, mode, { durability: 'strict' }).objectStore(STORE);
}

export const kept = async (): Promise<Kept | undefined> => done((await store('readonly')).get(ONE));
export const keep = async (it: Kept): Promise<unknown> => done((await store('readwrite')).put(it, ONE));
export const forget = async (): Promise<unknown> => done((await store('readwrite')).delete(ONE));
