/** Carries items to the server over HTTP: pictures to /attachments, commands to /graphql. */
import { ask, Refusal, Unreachable } from '../../ui/graphql';
import { SENDING } from '../questions';
import type { Item, Problem, Sent } from './item';
import { type Answer, type Courier, PictureRefused, SignedOut } from './outbox';

const UPLOAD_MS = 120_000;
const AGAIN = new Set(['UNAVAILABLE', 'INTERNAL', 'TOO_MANY_WAITING', 'THROTTLED', 'OVERLOADED']);
const PICTURE_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  NOT_A_PICTURE: ['这张照片无法识别，请重新拍摄。', 'This is not a picture the server can read: take it again.'],
  TOO_LARGE: ['照片太大。', 'The picture is too large.'],
  PICTURE_REFUSED: ['照片未通过安全检查。', 'The picture did not pass the security check.'],
  FORBIDDEN: ['您的角色不能上传照片。', 'Your role cannot send pictures.'],
}; // prettier-ignore

async function digest(picture: Blob): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await picture.arrayBuffer()));
  return btoa(String.fromCharCode(...bytes));
}

async function post(path: string, more: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { method: 'POST', signal: AbortSignal.timeout(UPLOAD_MS), ...more });
  } catch (problem) {
    throw new Unreachable(String(problem));
  }
}

async function codeOf(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => null)) as {
    errors?: { extensions?: { code?: string } }[];
  } | null;
  return body?.errors?.[0]?.extensions?.code ?? 'INTERNAL';
}

async function newcomer(): Promise<string> {
  const answer = await post('/field/resident', {});
  if (!answer.ok) throw new Unreachable(String(answer.status));
  return ((await answer.json()) as { token: string }).token;
}

async function upload(id: string, picture: Blob, token: string): Promise<Sent> {
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': id,
    'content-digest': `sha-256=:${await digest(picture)}:`,
    'content-type': picture.type,
  };
  const answer = await post('/attachments', { headers, body: picture });
  if (answer.ok) {
    const { id: kept, sha256 } = (await answer.json()) as Sent;
    return { id: kept, sha256 };
  }
  const code = await codeOf(answer);
  if (answer.status === 401) throw new SignedOut();
  const words = PICTURE_WORDS[code];
  if (words === undefined) throw new Unreachable(code);
  throw new PictureRefused({ code, zh: words[0], en: words[1] });
}

const FRESH_MS = 60_000;

/**
 * When it was written, by the server's clock: the phone's may be a year off, but it knows how
 * long ago that was. What was written within the minute happened now.
 */
async function writtenAt(item: Item): Promise<string | undefined> {
  const age = Date.now() - item.made;
  if (age < FRESH_MS) return undefined;
  const answer = await fetch('/live', { signal: AbortSignal.timeout(UPLOAD_MS) }).catch(() => null);
  const now = Date.parse(answer?.headers.get('date') ?? '');
  if (Number.isNaN(now)) throw new Unreachable('no answer that tells the time');
  return new Date(now - age).toISOString();
}

async function send(
  item: Item,
  evidence: { sha256: string; kind: string }[],
  token: string,
): Promise<Answer> {
  const document = SENDING[item.verb];
  if (document === undefined) return { problem: unknownVerb(item.verb) };
  const input = {
    ...item.input,
    ...(item.pictures.length > 0 ? { evidence } : {}),
    clientMutationId: item.id,
    occurredAt: await writtenAt(item),
  };
  try {
    const { data } = await ask(document, { input: input as never }, { token }); // as it was kept
    const [said] = Object.values(data);
    if (said === undefined) throw new Unreachable('an answer without a payload');
    const [error] = said.userErrors;
    if (error) return { problem: { code: error.code, zh: error.messageZh, en: error.message } };
    const { event } = said;
    if (event === null) return { problem: NOTHING };
    const known = said.case;
    return {
      receipt: { position: event.position, number: known?.number ?? null, case: known?.id ?? null },
    };
  } catch (problem) {
    if (!(problem instanceof Refusal) || AGAIN.has(problem.code)) throw problem;
    if (problem.code === 'UNAUTHENTICATED') throw new SignedOut();
    return { problem: { code: problem.code, zh: refusedZh(problem), en: problem.message } };
  }
}

const NOTHING: Problem = {
  code: 'NOTHING_CHANGED',
  zh: '没有产生任何变化：可能已经办过。',
  en: 'Nothing changed: it may have been done already.',
};
const unknownVerb = (verb: string): Problem => ({
  code: 'UNKNOWN_VERB',
  zh: `此版本不认识该操作（${verb}）。`,
  en: `This version does not know how to ${verb}.`,
});
const refusedZh = (refusal: Refusal): string =>
  refusal.code === 'FORBIDDEN' ? '该事件不在您的权限内。' : `服务器拒绝了请求（${refusal.code}）。`;

export const courier: Courier = { newcomer, upload, send };
