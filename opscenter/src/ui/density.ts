/** How many events happened when: asked once for a day, drawn under the scrubber. */
import type { Answer } from '../generated/operations';
import { gql } from './graphql';

export type Density = Answer<'Density'>['logDensity'];

export const DENSITY = gql<'Density'>(`query Density($from: DateTime, $to: DateTime, $buckets: Int!, $scope: String) {
  logDensity(from: $from, to: $to, buckets: $buckets, scope: $scope) {
    first last start end bucketS counts
  }
}`);
