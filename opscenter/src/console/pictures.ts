/** A case's pictures: what there are, how one is fetched, how one is sent. */
import type { Answer } from '../generated/operations';
import { gql } from '../ui/graphql';
import { newId } from '../ui/ids';
import type { Session } from '../ui/session';

export type Attachment = NonNullable<Answer<'Attachments'>['case']>['attachments'][number];

export const ATTACHMENTS = gql<'Attachments'>(`query Attachments($id: ID!, $asOf: AsOf) {
  case(id: $id, asOf: $asOf) { attachments { id kind width height state path } }
}`);

const bearer = (session: Session | null): Record<string, string> =>
  session ? { authorization: `Bearer ${session.token}` } : {};

/** The small copy of a picture, ready to be drawn; null when it can't be shown. */
export async function fetchPicture(path: string, session: Session | null): Promise<ImageBitmap | null> {
  const answer = await fetch(`${path}?copy=reduced`, { headers: bearer(session) }).catch(() => null);
  if (answer === null || !answer.ok) return null;
  return createImageBitmap(await answer.blob()).catch(() => null);
}

export interface Sent {
  sha256: string;
}

/** Send a picture; answers its hash as kept. Throws an Error whose message is a code. */
export async function sendPicture(file: File, session: Session | null): Promise<Sent> {
  if (!globalThis.crypto.subtle) throw new Error('NEEDS_HTTPS');
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const answer = await fetch('/attachments', {
    method: 'POST',
    headers: {
      ...bearer(session),
      'idempotency-key': newId(),
      'content-digest': `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
    },
    body: bytes,
  }).catch(() => {
    throw new Error('UNREACHABLE');
  });
  const body = (await answer.json().catch(() => ({}))) as Partial<Sent> & { code?: string };
  if (!answer.ok || !body.sha256) throw new Error(body.code ?? String(answer.status));
  return { sha256: body.sha256 };
}
