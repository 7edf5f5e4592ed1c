/** The district's shapes, fetched once: for the map, and for finding a grid by its name. */
import type { Geo } from '../map/geo';
import { named } from '../i18n';
import { address } from '../ui/address.svelte';
import { signed } from '../ui/signed.svelte';
import type { Choice } from './Combo.svelte';

const AGAIN_MS = 5_000;

class Ground {
  geo = $state.raw<Geo | null>(null);
  choices: Choice[] = $derived.by(() => {
    const towns = new Map((this.geo?.townships ?? []).map((one) => [one.code, one]));
    return (this.geo?.grids ?? []).map(({ code, name, township }) => {
      const town = towns.get(township);
      return { value: code, label: name, hint: `${town ? named(address.lang, town.name, town.nameEn) : ''} ${code}` };
    });
  });
  names: ReadonlyMap<string, string> = $derived(new Map((this.geo?.grids ?? []).map(({ code, name }) => [code, name])));
  #asking = false;

  /** Fetch the shapes, again and again until they are there. */
  async load(): Promise<void> {
    if (this.#asking || this.geo !== null) return;
    this.#asking = true;
    const answer = await fetch('/geo.json').catch(() => null);
    this.#asking = false;
    if (answer?.ok) this.geo = (await answer.json()) as Geo;
    else if (signed.session !== null) setTimeout(() => void this.load(), AGAIN_MS);
  }
}

export const ground = new Ground();
