/** What every scene is given. */
import type { FeedEntry } from '../../feed/messages';
import type { Geo } from '../../map/geo';
import type { Sizing } from '../sizing';
import type { View } from '../view.svelte';

export interface SceneProps {
  view: View;
  /** The district's shapes, null until they are there. */
  geo: Geo | null;
  sized: Sizing;
  placeOf: (line: FeedEntry) => { name: string; nameEn: string };
  /** Called when a grid is counted that the shapes don't have. */
  onUnknown: () => void;
}
