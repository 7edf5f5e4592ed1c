/**
 * Who is signed in: a signed token, kept for this tab only.
 *
 * It comes by `#token=…` (the fragment never reaches a server and is taken out of the
 * address at once) or is pasted on the sign-in page. What it says is only shown; what it
 * allows, the server decides.
 */
const KEY = 'quanke.token';

export interface Claims {
  sub: string;
  role: string;
  scope: string;
  unit: string | null;
  /** Seconds since 1970. */
  exp: number;
  /** The session begun at an identity provider, null for a token from elsewhere. */
  sid: string | null;
}

/** What a request is sent with: a token, and for a display's the proof that its key is here. */
export interface Pass {
  token: string;
  /** Makes the proof of one request to a path of ours (RFC 9449). */
  prove?: (method: string, path: string) => Promise<string>;
}

export interface Session extends Claims, Pass {}

/** The headers that say who asks. */
export async function bearing({ token, prove }: Pass, method: string, path: string): Promise<Record<string, string>> {
  if (!prove) return { authorization: `Bearer ${token}` };
  return { authorization: `DPoP ${token}`, dpop: await prove(method, path) };
}

/** What a token says, null when it is not one. Its signature is the server's to check. */
export function claimsOf(token: string): Claims | null {
  const [, payload, signature] = token.trim().split('.');
  if (!payload || !signature) return null;
  try {
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
    const { sub, role, scope, unit, exp, sid } = JSON.parse(text) as Record<string, unknown>;
    if (typeof role !== 'string' || typeof exp !== 'number') return null;
    return {
      sub: String(sub ?? ''),
      role,
      scope: typeof scope === 'string' ? scope : '',
      unit: typeof unit === 'string' ? unit : null,
      exp,
      sid: typeof sid === 'string' ? sid : null,
    };
  } catch {
    return null;
  }
}

/** The token in a fragment such as `#token=…&x=y`, null without one. */
export const tokenIn = (hash: string): string | null =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token');

/** The session of a token that has not run out; `now` in milliseconds since 1970. */
export function sessionOf(token: string | null, now: number): Session | null {
  const claims = token === null ? null : claimsOf(token);
  if (token === null || claims === null || claims.exp * 1_000 <= now) return null;
  return { token: token.trim(), ...claims };
}

/** Take over a token from the address, or go on with the one of this tab. */
export function resume(): Session | null {
  const given = tokenIn(location.hash);
  if (given !== null) {
    history.replaceState(history.state, '', location.pathname + location.search);
    return signIn(given);
  }
  return sessionOf(sessionStorage.getItem(KEY), Date.now());
}

/** Keep a token for this tab; null when it is none, or has run out. */
export function signIn(token: string): Session | null {
  const session = sessionOf(token, Date.now());
  if (session !== null) sessionStorage.setItem(KEY, session.token);
  return session;
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
}

/** Tell the server about a session: that somebody is there (POST), or that it is over (DELETE). */
const tell = (method: 'POST' | 'DELETE', session: Session): Promise<unknown> =>
  fetch('/auth/session', {
    method,
    headers: { authorization: `Bearer ${session.token}` },
    keepalive: true,
  }).catch(() => null);

/** End a session begun at a provider, here and there: the page is left for its sign-out. */
export async function leave(session: Session | null): Promise<void> {
  if (session?.sid == null) return;
  await tell('DELETE', session);
  location.assign('/auth/oidc/logout');
}

const TOUCHED_MS = 60_000;

/** Tell the server, once a minute at most, that somebody touches the screen or a key. */
export function watchTouch(current: () => Session | null): void {
  let told = 0;
  const touched = (): void => {
    const session = current();
    if (session?.sid == null || Date.now() - told < TOUCHED_MS) return;
    told = Date.now();
    void tell('POST', session);
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel']) {
    addEventListener(kind, touched, { capture: true, passive: true });
  }
}
