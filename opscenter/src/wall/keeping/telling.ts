/** A display tells the server each minute that it is well: its build, its data's age, a picture. */
import { bearing, type Pass } from '../../ui/session';
import type { View } from '../view.svelte';
import { portrait } from './portrait';

const EVERY_MS = 60_000;
/** The first time soon, once the map has been painted. */
const FIRST_MS = 5_000;

export function tellOfOneself(view: View, pass: () => Pass | null): void {
  const tell = (): void => void send(view, pass()).catch(() => undefined); // the next minute tells again
  setTimeout(tell, FIRST_MS);
  setInterval(tell, EVERY_MS);
}

async function send(view: View, pass: Pass | null): Promise<void> {
  if (pass === null) return;
  const now = performance.now();
  await fetch('/displays/seen', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await bearing(pass, 'POST', '/displays/seen')) },
    body: JSON.stringify({
      version: buildOf(),
      address: location.pathname + location.search,
      liveness: view.freshness.liveness(now),
      ageMs: Math.round(view.freshness.age(now)),
      position: view.store.state?.position ?? 0,
      width: innerWidth,
      height: innerHeight,
      picture: portrait(),
    }),
  });
}

/** The build that runs: the name of its first script, which changes with its contents. */
const buildOf = (): string =>
  /([^/]+)\.js$/.exec(document.querySelector<HTMLScriptElement>('script[src]')?.src ?? '')?.[1] ?? '';
