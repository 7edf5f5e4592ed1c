/** What the console asks about a figure: its definitions, its value, and the cases behind it. */
import type { Answer } from '../generated/operations';
import { gql } from '../ui/graphql';

export type FigureWhy = Answer<'FigureWhy'>['figures'][number];
export type Definition = FigureWhy['why']['definition'];
export type CountedPage = NonNullable<Answer<'FigureCases'>['figures'][number]['why']['denominator']>;
export type CountedCase = CountedPage['nodes'][number];
export type ListedCase = Answer<'CountedList'>['cases']['nodes'][number];

const FIGURE = `
fragment Told on Figure {
  code definition name nameEn key unit value p90S numerator denominator n leftOut since until position
}
fragment Defined on FigureDefinition {
  name code version inForce title titleEn numerator numeratorEn denominator denominatorEn
  numeratorCode denominatorCode leftOutCode measureCode
}`;

export const FIGURE_WHY = gql<'FigureWhy'>(`query FigureWhy($codes: [String!]!, $since: DateTime!, $until: DateTime!, $level: FigureLevel!, $scope: String, $asOf: AsOf) {
  figures(codes: $codes, since: $since, until: $until, level: $level, scope: $scope, asOf: $asOf) {
    ...Told
    clockTimes { kind unit n p50 p90 }
    why {
      definition { ...Defined } versions { ...Defined }
      terms { weight complement figure { ...Told } }
    }
  }
}${FIGURE}`);

const COUNTED = `
fragment Counted on CountedCaseConnection {
  nodes {
    case number inNumerator valueS
    events { id position version topic title titleEn at recordedAt sets }
  }
  pageInfo { hasNextPage endCursor } totalCount hidden
}`;

export const FIGURE_CASES = gql<'FigureCases'>(`query FigureCases($codes: [String!]!, $since: DateTime!, $until: DateTime!, $level: FigureLevel!, $scope: String, $asOf: AsOf, $after: String, $numerator: Boolean!, $denominator: Boolean!, $leftOut: Boolean!) {
  figures(codes: $codes, since: $since, until: $until, level: $level, scope: $scope, asOf: $asOf) {
    key
    why {
      numerator(first: 20, after: $after) @include(if: $numerator) { ...Counted }
      denominator(first: 20, after: $after) @include(if: $denominator) { ...Counted }
      leftOut(first: 20, after: $after) @include(if: $leftOut) { ...Counted }
    }
  }
}${COUNTED}`);

/** The cases that a count of the wall counts. */
export const COUNTED_LIST = gql<'CountedList'>(`query CountedList($filter: CaseFilter, $asOf: AsOf, $after: String) {
  cases(first: 20, after: $after, asOf: $asOf, filter: $filter, orderBy: REPORTED, withTotal: true) {
    nodes { id number status position version categoryCode category { name nameEn } area { name nameEn } grid { code name nameEn } department { key name nameEn } reportedAt dueClock dueAt severity overdue }
    pageInfo { hasNextPage endCursor } totalCount
  }
}`);

export const DEPARTMENT_COUNTS = gql<'DepartmentCounts'>(`query DepartmentCounts($asOf: AsOf) {
  departmentLoad(asOf: $asOf) { id open overdue handled total }
}`);

export type Beside = Answer<'Beside'>['wallIncident'];
export type StepSums = Answer<'StepSums'>;

/** The open cases that endanger a life, for their grids. */
export const IN_DANGER = gql<'InDanger'>(`query InDanger($scope: String, $asOf: AsOf) {
  cases(first: 50, asOf: $asOf, filter: { open: true, severity: LIFE_SAFETY, scope: $scope }, orderBy: REPORTED) { nodes { number grid { code } } }
}`);

/** What the wall tells of a grid in danger. */
export const BESIDE = gql<'Beside'>(`query Beside($grid: String!, $asOf: AsOf) {
  wallIncident(grid: $grid, asOf: $asOf) {
    position withheld grid { code scope name nameEn } path { name nameEn }
    posted { kind inGrid around } cases { number dueAt }
    near { number category categoryEn gridName statusTitle statusTitleEn }
  }
}`);

/** The workers that it counts, with the events that posted them. */
export const POSTED_THERE = gql<'PostedThere'>(`query PostedThere($grid: String!, $around: Boolean!, $kind: String, $asOf: AsOf, $after: String) {
  wallPosted(grid: $grid, around: $around, kind: $kind, asOf: $asOf, first: 20, after: $after) {
    position total hidden
    nodes { worker { key } grid { code name nameEn } events { position title titleEn at grid } }
    pageInfo { hasNextPage endCursor }
  }
}`);

/** What the feed sums up over a window; `recently` is where its rate begins. */
export const STEP_SUMS = gql<'StepSums'>(`query StepSums($scope: String, $since: DateTime!, $recently: DateTime!, $until: DateTime!, $by: ReplayOrder!) {
  wallSteps(scope: $scope, since: $since, until: $until, by: $by, first: 1) { position sums { place name nameEn topic steps } }
  lately: wallSteps(scope: $scope, since: $recently, until: $until, by: $by, first: 1) { total }
}`);

/** The steps that one of these sums counts, or all in a window. */
export const STEP_LINES = gql<'StepLines'>(`query StepLines($scope: String, $since: DateTime!, $until: DateTime!, $by: ReplayOrder!, $place: String, $topic: String, $asOf: AsOf, $after: String) {
  wallSteps(scope: $scope, since: $since, until: $until, by: $by, place: $place, topic: $topic, asOf: $asOf, first: 20, after: $after) {
    position total
    nodes { position at topic number category categoryEn area areaEn }
    pageInfo { hasNextPage endCursor }
  }
}`);

export type OnWall = Answer<'OnWall'>;

/** What the wall shows in numbers, for whoever wants to ask it why. */
export const ON_WALL = gql<'OnWall'>(`query OnWall($scope: String, $asOf: AsOf) {
  wall(scope: $scope, asOf: $asOf) {
    position
    district { scope name nameEn }
    overview { open reportedToday closedToday closingRateBp acceptP50S overdue lifeSafety }
    townships { scope level name nameEn open overdue closingRateBp }
    departments { id name nameEn open overdue handled closingRateBp }
  }
  wallCalm(scope: $scope, asOf: $asOf) { days ended endedAt halfOverS }
}`);
