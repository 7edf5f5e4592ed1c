/** What the wall shows is in its address: nothing to click, nothing lost at a reload. */
import type { Lang } from '../i18n';

export const SCENES = ['overview', 'departments', 'townships', 'incident', 'night'] as const;
export type SceneName = (typeof SCENES)[number];

/** A scene and the area it looks into: a township's or a community's scope. */
export interface Shown {
  scene: SceneName;
  focus: string | null;
}

export interface Params extends Shown {
  lang: Lang;
  scope: string | null;
  /** Seconds that each scene stays; 0: the scene stays. */
  rotate: number;
  /** The scenes that take turns. */
  turns: readonly SceneName[];
  /** The screen's diagonal in inches and its viewers' distance in metres; null: not known. */
  diag: number | null;
  dist: number | null;
  /** One half of a wide wall; the other is another computer's. */
  part: 1 | 2 | null;
  /** What the frames between two panels hide, in pixels. */
  bezel: number;
  /** Hours of the district's day, `22-6`, in which the wall is dimmed; null: never. */
  night: readonly [number, number] | null;
  exercise: boolean;
  /** The name under which a display asks to be let in; null: nobody is asked. */
  display: string | null;
}

const isScene = (name: string): name is SceneName => SCENES.includes(name as SceneName);

export function readParams(search: string): Params {
  const query = new URLSearchParams(search);
  const scene = query.get('scene') ?? '';
  const positive = (name: string): number | null => {
    const value = Number(query.get(name));
    return value > 0 && Number.isFinite(value) ? value : null;
  };
  const part = positive('part');
  const hours = /^(\d\d?)-(\d\d?)$/.exec(query.get('night') ?? '');
  const turns = (query.get('turns') ?? '').split(',').filter(isScene);
  return {
    lang: query.get('lang') === 'en' ? 'en' : 'zh',
    scope: query.get('scope') || null,
    scene: isScene(scene) ? scene : 'overview',
    focus: query.get('focus') || null,
    rotate: positive('rotate') ?? 0,
    turns: turns.length > 0 ? turns : ['overview', 'departments', 'townships'],
    diag: positive('diag'),
    dist: positive('dist'),
    part: part === 1 || part === 2 ? part : null,
    bezel: positive('bezel') ?? 0,
    night: hours ? [Number(hours[1]) % 24, Number(hours[2]) % 24] : null,
    exercise: query.has('exercise') && query.get('exercise') !== '0',
    display: query.get('display') || null,
  };
}

export function geoUrl(scope: string | null): string {
  return scope === null ? '/geo.json' : `/geo.json?scope=${encodeURIComponent(scope)}`;
}
