/** What displays tell of themselves, for whoever looks after them. */
import type { Session } from '../ui/session';

export interface Seen {
  account: string;
  scope: string;
  heardAt: string;
  version: string;
  address: string;
  liveness: string;
  ageMs: number;
  position: string;
  width: number;
  height: number;
  hasPicture: boolean;
}

/** A display that has not been heard for three of its minutes is silent. */
export const SILENT_MS = 180_000;

const headers = (session: Session | null): Record<string, string> => ({ authorization: `Bearer ${session?.token ?? ''}` });

/** The latest of each display, and the server's clock; null when it cannot be asked. */
export async function seenDisplays(session: Session | null): Promise<{ now: string; displays: Seen[] } | null> {
  const answer = await fetch('/displays/seen', { headers: headers(session) }).catch(() => null);
  return answer?.ok ? ((await answer.json()) as { now: string; displays: Seen[] }) : null;
}

/** Draw a display's latest picture; the policy lets no other image in. */
export async function drawDisplay(account: string, canvas: HTMLCanvasElement, session: Session | null): Promise<void> {
  const answer = await fetch(`/displays/seen/${encodeURIComponent(account)}`, { headers: headers(session) }).catch(() => null);
  if (!answer?.ok) return;
  const picture = await createImageBitmap(await answer.blob());
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
}
