/** What the doors beside GraphQL do to read models: held events, and building anew. */
import type { Session } from '../ui/session';
import { post } from './sending';

export interface Held {
  readModel: string;
  position: number;
  state: string;
  stream: string;
  topic: string;
  error: string;
  attempts: number;
  reason: string;
  decidedBy: string;
}

type Signed = Pick<Session, 'token'> | null;

/** Every event in quarantine; null when it cannot be asked. */
export async function held(session: Signed): Promise<Held[] | null> {
  const headers = { authorization: `Bearer ${session?.token ?? ''}` };
  const answer = await fetch('/admin/held', { headers }).catch(() => null);
  return answer?.ok ? ((await answer.json()) as Held[]) : null;
}

/** Why it was not done, or what came of it. */
export type Done = { problem: string } | { released: number; held: number };

async function posted(path: string, said: Record<string, unknown>, session: Signed): Promise<Done> {
  const told = await post(path, said, session).catch(() => null);
  if (told === null) return { problem: 'UNREACHABLE' };
  const { ok, code, answer } = told;
  if (!ok) return { problem: (answer['errors'] as { message?: string }[] | undefined)?.[0]?.message ?? code };
  const streams = Array.isArray(answer) ? (answer as { error: string | null }[]) : [];
  const still = streams.filter(({ error }) => error !== null).length;
  return { released: streams.length - still, held: still };
}

export const retryHeld = (readModel: string, session: Signed): Promise<Done> =>
  posted('/admin/held/retry', { readModel }, session);

export const skipHeld = (readModel: string, position: number, reason: string, session: Signed): Promise<Done> =>
  posted('/admin/held/skip', { readModel, position, reason }, session);

/** The answer comes when the new build is live. */
export const rebuild = (readModel: string, session: Signed): Promise<Done> =>
  posted('/admin/rebuild', { readModel }, session);
