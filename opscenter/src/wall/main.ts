/** The wall's entry: read the address, start the feed, mount the page. */
import 'virtual:fonts.css';
import { mount } from 'svelte';
import { readParams } from './params';
import type { Pass } from '../ui/session';
import { View } from './view.svelte';
import Wall from './Wall.svelte';

/** What the first picture does without comes so long after it; without a picture, after a while. */
const SETTLED_MS = 400;
const NOTHING_MS = 3_000;

const target = document.getElementById('wall');
if (target === null) throw new Error('wall.html has no #wall');

const params = readParams(location.search);
/** A display's token and key, once somebody has let it in; nobody needs them to see the wall. */
let pass: Pass | null = null;
const view = new View(params, () => pass);
target.replaceChildren(); // the page says that it connects until here
mount(Wall, { target, props: { view } });
/** The past is a part of its own: `?at=…`, or the key @. */
const past = (): void => void import('./past.svelte').then(({ enter }) => enter(view));
/** Whatever else a wall does, its first picture has the processor for itself. */
const settled = new Promise<void>((resolve) => {
  setTimeout(resolve, NOTHING_MS);
  const stop = view.store.subscribe(() => {
    stop();
    setTimeout(resolve, SETTLED_MS);
  });
});
const start = (): void => {
  view.start();
  if (location.search.includes('at=')) past();
  void settled.then(async () => (await import('./keeping/keeping')).keep(view, () => pass));
};
if (params.display === null) start();
else
  void import('./keeping/display').then(async ({ admitted, putOut }) => {
    pass = await admitted(params.display ?? '', target, params.lang);
    start();
    putOut(view);
  });
window.addEventListener('keydown', ({ key }) => key === '@' && past());
void settled.then(() => import('virtual:fonts-rare.css'));
/** For tests and for the browser's console: the feed can be cut as a network failure would. */
Object.assign(window, { quankeFeed: view.feed, quankeView: view });
