/** What areas and departments are called: administrators think in names, the log in codes. */
import { SvelteMap } from 'svelte/reactivity';
import { named } from '../i18n';
import { address } from '../ui/address.svelte';
import { type Named, placeName } from '../ui/place';

const found = new SvelteMap<string, Named | null>();
const asked = new Set<string>();

/** Ask for a name once; the code stands there until it has come, and where there is none. */
export function lookUp(scope: string, unit: string | null = null): void {
  const key = unit ?? scope;
  if (key === '' || asked.has(key)) return;
  asked.add(key);
  void placeName({ scope, unit }).then((name) => found.set(key, name));
}

/** Its name in the language of the screen; null while none is known. */
export function nameOf(scope: string, unit: string | null = null): string | null {
  const known = found.get(unit ?? scope);
  return known ? named(address.lang, known.name, known.nameEn) : null;
}
