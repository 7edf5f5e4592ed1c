/** The worst place as a wall says it: one of several that are equal is not named as if it were alone. */
import { count, type Lang, named, word } from '../i18n';
import { shortName } from '../map/labels';
import { type Place, worst } from './keeping/turns';

type Area = Place & { code: string; name: string; nameEn: string };

export interface Worst {
  code: string;
  /** What it is most of, the longest form first. */
  heading: string[];
  /** The place and its number, or the place and how many others are as late: the longest form first. */
  forms: string[];
}

/** How much of a long name is left where all of it has no room beside the others. */
const CUTS = [9, 7, 5];

/** Where most cases are overdue; null while none is. */
export function worstOf(places: readonly Area[], lang: Lang): Worst | null {
  const first = worst(places);
  if (!first?.overdue) return null;
  const others = places.filter(({ overdue }) => overdue === first.overdue).length - 1;
  const [name, most, late] = [shortName(named(lang, first.name, first.nameEn)), word(lang, 'most'), count(first.overdue)];
  if (others === 0) return { code: first.code, heading: [most], forms: [`${name} ${late}`, name] };
  if (lang === 'zh')
    return { code: first.code, heading: [`${most} 各${late}`, `各${late}`], forms: [`${name}等${others + 1}个`] };
  const cut = CUTS.map((length) => `${name.slice(0, length)}… +${others}`);
  return {
    code: first.code,
    heading: [`${most}, ${late} each`, `${late} each`],
    forms: [`${name} and ${others} more`, `${name}, ${others} more`, `${name} +${others}`, ...cut],
  };
}
