/** How many events happened when: asked once for a day, drawn under the scrubber. */
import { gql } from './graphql';

export interface Density {
  first: string | null;
  last: string | null;
  start: string;
  end: string;
  bucketS: number;
  counts: number[];
}

export const DENSITY = gql<
  { logDensity: Density },
  { from: string | null; to: string | null; buckets: number; scope: string | null }
>(`query Density($from: DateTime, $to: DateTime, $buckets: Int!, $scope: String) {
  logDensity(from: $from, to: $to, buckets: $buckets, scope: $scope) {
    first last start end bucketS counts
  }
}`);
