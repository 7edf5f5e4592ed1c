/** What the scene of danger tells while there is none: the last one, and how it ended. */
import type { Answer } from '../../generated/operations';
import { ask, gql } from '../../ui/graphql';
import type { Pass } from '../../ui/session';

export type Calm = Answer<'WallCalm'>['wallCalm'];

const CALM = gql<'WallCalm'>(`query WallCalm($scope: String) {
  wallCalm(scope: $scope) {
    days ended endedAt halfOverS
    last {
      endedAt
      path { level name nameEn }
      case {
        number category categoryEn statusTitle statusTitleEn gridName department departmentEn reportedAt
      }
    }
  }
}`);

/** What may be told of an area's last danger; null while the server gives nothing. */
export async function askCalm(scope: string | null, pass: Pass | null): Promise<Calm | null> {
  const answer = await ask(CALM, { scope }, pass).catch(() => null); // the next look asks again
  return answer?.data.wallCalm ?? null;
}
