/** The wall's entry: read the address, start the feed, mount the page. */
import 'virtual:fonts.css';
import { mount } from 'svelte';
import { readParams } from './params';
import { View } from './view.svelte';
import Wall from './Wall.svelte';

const target = document.getElementById('wall');
if (target === null) throw new Error('wall.html has no #wall');

const view = new View(readParams(location.search));
mount(Wall, { target, props: { view } });
view.start();
/** The past is a part of its own: `?at=…`, or the key @. */
const past = (): void => void import('./past.svelte').then(({ enter }) => enter(view));
if (location.search.includes('at=')) past();
window.addEventListener('keydown', ({ key }) => key === '@' && past());
void import('virtual:fonts-rare.css');
/** For tests and for the browser's console: the feed can be cut as a network failure would. */
Object.assign(window, { quankeFeed: view.feed });
