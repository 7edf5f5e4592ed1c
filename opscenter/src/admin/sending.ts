/** One command of the office: sent under an id of its own, answered by a position or a refusal. */
import type { Variables } from '../generated/operations';
import { type Lang } from '../i18n';
import { ask, type Document, Refusal } from '../ui/graphql';
import { newId } from '../ui/ids';
import type { Session } from '../ui/session';
import { type Trial, TRIAL } from './questions';

export type Values = Record<string, unknown>;

export type Outcome =
  | { state: 'committed'; position: number | null }
  | { state: 'refused'; words: Readonly<Record<Lang, string>>; code: string }
  | { state: 'failed'; code: string };

interface Payload {
  event: { position: string } | null;
  userErrors: { code: string; message: string; messageZh: string }[];
}

const typeOf = (mutation: string): string => `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;

/** The document of a mutation. It is made from its name, so it is registered nowhere. */
export const documentOf = (mutation: string): Document<Record<string, Payload>, { input: Values }> => ({
  text: ['mutation Admin', `($input: ${typeOf(mutation)}!) { ${mutation}(input: $input) {`,
    ' event { position } userErrors { code message messageZh } } }'].join(''),
});

/** Send one command; the same id is sent again when the answer was lost. */
export async function send(
  mutation: string,
  values: Values,
  id: string,
  session: Pick<Session, 'token'> | null,
): Promise<Outcome> {
  try {
    const input = { clientMutationId: id, ...withoutBlanks(values) };
    const { data } = await ask(documentOf(mutation), { input }, session);
    return outcomeOf(data[mutation]);
  } catch (problem) {
    return { state: 'failed', code: problem instanceof Refusal ? problem.code : 'UNREACHABLE' };
  }
}

/** Try a change on last month's cases: what would differ, or why it would be refused. */
export async function tried(
  mutation: string,
  values: Values,
  session: Pick<Session, 'token'> | null,
): Promise<{ trial: Trial } | Outcome> {
  try {
    const input = { clientMutationId: newId(), ...withoutBlanks(values) };
    const change: Variables<'AdminTrial'>['change'] = { [mutation]: input };
    const { data } = await ask(TRIAL, { change }, session);
    const refused = outcomeOf({ event: null, userErrors: data.dryRun.userErrors });
    return refused.state === 'refused' ? refused : { trial: data.dryRun };
  } catch (problem) {
    return { state: 'failed', code: problem instanceof Refusal ? problem.code : 'UNREACHABLE' };
  }
}

function outcomeOf(payload: Payload | undefined): Outcome {
  const [error] = payload?.userErrors ?? [];
  if (error) {
    return { state: 'refused', code: error.code, words: { zh: error.messageZh, en: error.message } };
  }
  return { state: 'committed', position: payload?.event ? Number(payload.event.position) : null };
}

/** An empty scope is everywhere; any other blank is nothing said. */
const withoutBlanks = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name === 'scope' || (value !== '' && value !== undefined)),
  );

/** A secret that never leaves this browser but in the hands of who reads it, and its digest. */
export async function newKey(): Promise<{ id: string; text: string; sha256: string }> {
  const hex = (bytes: Uint8Array): string => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
  const id = hex(crypto.getRandomValues(new Uint8Array(6)));
  const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  return { id, text: `qk_${id}_${secret}`, sha256: hex(new Uint8Array(digest)) };
}

/** A small JSON door beside GraphQL (`/auth/…`). */
export async function post(
  path: string,
  said: Values,
  session: Pick<Session, 'token'> | null,
): Promise<{ ok: boolean; code: string; answer: Values }> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${session?.token ?? ''}` },
    body: JSON.stringify(said),
  });
  const body = (await answer.json()) as Values & { errors?: { extensions?: { code?: string } }[] };
  return { ok: answer.ok, code: body.errors?.[0]?.extensions?.code ?? '', answer: body };
}
