/** The wall's part of the schema: the shapes of its messages and the one subscription. */

export interface Area {
  code: string;
  scope: string;
  level: string;
  name: string;
  nameEn: string;
  schematic: boolean;
  timezone: string;
}

export interface Overview {
  open: number;
  reportedToday: number;
  closedToday: number;
  overdue: number;
  lifeSafety: number;
  total: number;
  closed: number;
  /** Basis points, null while nothing was ever reported. */
  closingRateBp: number | null;
  /** Median seconds from report to acceptance. */
  acceptP50S: number | null;
}

export interface GridLoad {
  code: string;
  open: number;
  overdue: number;
  lifeSafety: number;
}

export interface DepartmentLoad {
  id: string;
  name: string;
  nameEn: string;
  open: number;
  overdue: number;
  handled: number;
  closingRateBp: number | null;
}

export interface AreaLoad {
  code: string;
  scope: string;
  level: string;
  name: string;
  nameEn: string;
  open: number;
  overdue: number;
  closingRateBp: number | null;
}

export interface FeedEntry {
  position: string;
  at: string;
  topic: string;
  number: string | null;
  category: string | null;
  categoryEn: string | null;
  area: string | null;
  areaEn: string | null;
  grid: string | null;
  department: string | null;
  departmentEn: string | null;
  severity: string | null;
  overdue: boolean;
}

export interface Scene {
  position: string;
  serverTime: string;
  district: Area;
  overview: Overview;
  grids: GridLoad[];
  departments: DepartmentLoad[];
  townships: AreaLoad[];
  feed: FeedEntry[];
}

export interface WallSnapshot {
  __typename: 'WallSnapshot';
  cursor: string;
  position: string;
  scene: Scene;
}

export interface WallDelta {
  __typename: 'WallDelta';
  cursor: string;
  position: string;
  overview: Overview;
  grids: GridLoad[];
  departments: DepartmentLoad[];
  townships: AreaLoad[];
  feed: FeedEntry[];
}

export interface Resync {
  __typename: 'Resync';
  reason: string;
  position: string;
}

export interface Heartbeat {
  __typename: 'Heartbeat';
  cursor: string;
  position: string;
  head: string;
  serverTime: string;
  oldestUnappliedAgeMs: number;
}

export type WallMessage = WallSnapshot | WallDelta | Resync | Heartbeat;

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
