/** A GeoJSON file of grids: its check on the server, and the sending of its commands. */
import { newId } from '../ui/ids';
import type { Session } from '../ui/session';
import { type Outcome, send, type Values } from './sending';

export interface Feature {
  index: number;
  code: string;
  name: string;
  level: string;
  mutation: string;
  input: Values;
  rings: number[][];
  problem: string;
  detail: string;
}

export interface Check {
  features: Feature[];
  beside: { code: string; rings: number[][] }[];
  gaps: number[][];
  overlaps: { codes: [string, string]; rings: number[][] }[];
  gapCount: number;
  overlapCount: number;
}

const AT_ONCE = 8;
const PATIENCE = 60;
const THROTTLED_MS = 1_000;

type Signed = Pick<Session, 'token'> | null;

/** What a file would do and where it does not fit; a text when it cannot be used. */
export async function checked(file: Blob, session: Signed): Promise<Check | string> {
  const headers = { 'content-type': 'application/geo+json', authorization: `Bearer ${session?.token ?? ''}` };
  const answer = await fetch('/admin/borders', { method: 'POST', headers, body: file }).catch(() => null);
  if (answer === null) return 'UNREACHABLE';
  const said = (await answer.json()) as Check & { errors?: { message: string }[] };
  return answer.ok ? said : (said.errors?.[0]?.message ?? String(answer.status));
}

/** Send the commands of a file, a level of areas after the other, some at a time; tells each result. */
export async function sendAll(
  features: readonly Feature[],
  session: Signed,
  tell: (feature: Feature, outcome: Outcome) => void,
): Promise<void> {
  for (const level of ['district', 'township', 'community', 'grid']) {
    const waiting = features.filter((one) => one.mutation !== '' && one.level === level);
    const work = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) tell(one, await patiently(one, session));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}

/** The same id until there is an answer: it is never done twice. */
async function patiently(one: Feature, session: Signed): Promise<Outcome> {
  const id = newId();
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await send(one.mutation, one.input, id, session);
    if (outcome.state !== 'failed' || attempt >= PATIENCE) return outcome;
    await new Promise((resolve) => setTimeout(resolve, THROTTLED_MS));
  }
}

export interface Frame {
  width: number;
  height: number;
  path: (rings: readonly number[][]) => string;
}

/** How rings in degrees × 1e6 are laid into a picture of this width; equirectangular at their middle. */
export function frameOf(rings: readonly number[][], width: number): Frame {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings)
    for (let at = 0; at < ring.length; at += 2) {
      const [lon = 0, lat = 0] = [ring[at], ring[at + 1]];
      [west, east] = [Math.min(west, lon), Math.max(east, lon)];
      [south, north] = [Math.min(south, lat), Math.max(north, lat)];
    }
  const squeeze = Math.cos(((south + north) / 2 / 1e6) * (Math.PI / 180));
  const scale = width / Math.max(1, (east - west) * squeeze);
  const point = (lon: number, lat: number): string =>
    `${((lon - west) * squeeze * scale).toFixed(1)} ${((north - lat) * scale).toFixed(1)}`;
  const path = (some: readonly number[][]): string =>
    some
      .map((ring) => {
        const points: string[] = [];
        for (let at = 0; at < ring.length; at += 2) points.push(point(ring[at] ?? 0, ring[at + 1] ?? 0));
        return `M${points.join('L')}Z`;
      })
      .join('');
  return { width, height: Math.max(1, (north - south) * scale), path };
}
