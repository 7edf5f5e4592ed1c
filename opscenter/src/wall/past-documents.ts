/** The wall of the past: as it stood at an instant, and told again at a pace. */
import type { WallMessage } from '../feed/messages';
import { gql } from '../ui/graphql';

const PAST_CELLS = `
fragment Figures on Overview {
  open reportedToday closedToday overdue lifeSafety total closed closingRateBp acceptP50S
}
fragment Grid on GridLoad { code open overdue lifeSafety }
fragment Department on DepartmentLoad { id name nameEn open overdue handled closingRateBp }
fragment Township on AreaLoad { code scope level name nameEn open overdue closingRateBp }
fragment Line on FeedEntry {
  position at topic number category categoryEn area areaEn grid department departmentEn
  severity overdue
}`;

export const WALL_PAST = gql<'WallPast'>(`query WallPast($scope: String, $at: DateTime!) {
  wall(scope: $scope, asOf: { effectiveAt: $at }) {
    position serverTime
    district { code scope level name nameEn schematic timezone }
    overview { ...Figures } grids { ...Grid } departments { ...Department }
    townships { ...Township } feed { ...Line }
  }
}${PAST_CELLS}`);

export const WALL_DAY = gql<'WallDay'>(`query WallDay($scope: String, $at: DateTime!) {
  wallDay(scope: $scope, at: $at) {
    start end told position at overview gridCodes grids duties loads lines
    departments { ...Department } areas { ...Township } feed { ...Line }
    scene {
      position serverTime
      district { code scope level name nameEn schematic timezone }
      overview { ...Figures } grids { ...Grid } departments { ...Department }
      townships { ...Township } feed { ...Line }
    }
  }
}${PAST_CELLS}`);

export type ReplayMessage = WallMessage;

export const REPLAY = `subscription Replay($scope: String, $from: DateTime!, $speed: Float!, $after: String) {
  replay(scope: $scope, from: $from, speed: $speed, after: $after) {
    __typename
    ... on WallSnapshot {
      cursor position
      scene {
        position serverTime
        district { code scope level name nameEn schematic timezone }
        overview { ...Figures } grids { ...Grid } departments { ...Department }
        townships { ...Township } feed { ...Line }
      }
    }
    ... on WallDelta {
      cursor position
      overview { ...Figures } grids { ...Grid } departments { ...Department }
      townships { ...Township } feed { ...Line }
    }
    ... on Resync { reason position }
    ... on Heartbeat { cursor position head serverTime oldestUnappliedAgeMs }
  }
}${PAST_CELLS}`;
