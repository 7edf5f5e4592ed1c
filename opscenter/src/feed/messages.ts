/** The wall's part of the schema: the one subscription, and what its messages are made of. */
import type { Answer } from '../generated/operations';

export type WallMessage = Answer<'Wall'>['wall'];
type Of<Kind> = Extract<WallMessage, { __typename: Kind }>;
export type WallSnapshot = Of<'WallSnapshot'>;
export type WallDelta = Of<'WallDelta'>;
export type Resync = Of<'Resync'>;
export type Heartbeat = Of<'Heartbeat'>;

export type Scene = WallSnapshot['scene'];
export type Area = Scene['district'];
/** Rates are basis points, null while nothing was ever reported; acceptP50S seconds. */
export type Overview = Scene['overview'];
export type GridLoad = Scene['grids'][number];
export type DepartmentLoad = Scene['departments'][number];
export type AreaLoad = Scene['townships'][number];
export type FeedEntry = Scene['feed'][number];

const CELLS = `
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

export const WALL_SUBSCRIPTION = `subscription Wall($scope: String, $after: String) {
  wall(scope: $scope, after: $after) {
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
}${CELLS}`;
