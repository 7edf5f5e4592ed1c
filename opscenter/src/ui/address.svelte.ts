/**
 * The address as state: language, colours, time and whatever a screen adds.
 *
 * `set` changes parameters without a reload; `push` makes a step that Back undoes. Language
 * and colours are also remembered for the next visit of this browser.
 */
import { type Lang } from '../i18n';
import { readTime, type TimeContext, writeTime } from './time';

export type Theme = 'dark' | 'light';
export type Patch = Record<string, string | null>;

const remembered = (key: string): string | null => {
  try {
    return localStorage.getItem(`quanke.${key}`);
  } catch {
    return null; // storage may be forbidden: then nothing is remembered
  }
};

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`quanke.${key}`, value);
  } catch {
    return;
  }
}

const wanted = (): Theme =>
  matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';

class Address {
  query = $state.raw(new URLSearchParams(location.search));
  lang: Lang = $derived(
    (this.query.get('lang') ?? remembered('lang') ?? navigator.language).startsWith('en')
      ? 'en'
      : 'zh',
  );
  theme: Theme = $derived.by(() => {
    const asked = this.query.get('theme') ?? remembered('theme');
    return asked === 'light' || asked === 'dark' ? asked : wanted();
  });
  time: TimeContext = $derived(readTime(this.query));

  constructor() {
    addEventListener('popstate', () => (this.query = new URLSearchParams(location.search)));
  }

  get(name: string): string | null {
    return this.query.get(name);
  }

  set(patch: Patch): void {
    this.#write(patch, 'replaceState');
  }

  push(patch: Patch): void {
    this.#write(patch, 'pushState');
    if ('view' in patch || 'step' in patch) scrollTo(0, 0); // begins at its head; Back restores its own place
  }

  speak(lang: Lang): void {
    remember('lang', lang);
    this.set({ lang });
  }

  dress(theme: Theme): void {
    remember('theme', theme);
    this.set({ theme });
  }

  travel(time: TimeContext): void {
    this.set(writeTime(time));
  }

  #write(patch: Patch, how: 'replaceState' | 'pushState'): void {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(patch))
      if (value === null || value === '') query.delete(name);
      else query.set(name, value);
    if (query.toString() === this.query.toString()) return;
    this.query = query;
    const text = query.toString();
    history[how](history.state, '', text ? `?${text}` : location.pathname);
  }
}

export const address = new Address();
