/** What the console asks of the platform: its documents and the shapes of their answers. */
import type { Answer } from '../generated/operations';
import { gql } from '../ui/graphql';

export interface Named {
  name: string;
  nameEn: string;
}

export interface Department extends Named {
  key: string;
}

export interface Point {
  lon: number;
  lat: number;
}

/** A case as the queue shows it. */
export type CaseLine = Extract<FeedMessage, { upserts: unknown }>['upserts'][number];

export interface CaseText {
  description: string | null;
  address: string | null;
  point: Point | null;
  conclusion: string | null;
  erased: boolean;
}

export interface CaseWhole extends CaseLine {
  /** Not asked of the past. */
  allowed?: string[];
  channel: string;
  tier: string;
  basis: string;
  sensitive: boolean;
  unlocated: boolean;
  source: string | null;
  sourceId: string | null;
  stated: string | null;
  flags: string[];
  departments: Department[];
  acceptedAt: string | null;
  filedAt: string | null;
  dispatchedAt: string | null;
  acknowledgedAt: string | null;
  handledAt: string | null;
  checkedAt: string | null;
  closedAt: string | null;
  totalDue: string | null;
  suspendedAt: string | null;
  reviewAt: string | null;
  rework: number;
  extensions: number;
  reopened: number;
  urged: number;
  supervised: number;
  satisfaction: string | null;
  mergedInto: string | null;
  parent: string | null;
  children: string[];
}

export interface CaseEvent {
  id: string;
  position: string;
  version: number;
  topic: string;
  title: string;
  titleEn: string;
  at: string;
  recordedAt: string;
  actor: string;
  role: string;
  unit: string | null;
  basis: string;
  state: string;
}

export interface SimilarCase {
  case: CaseLine;
  distanceM: number | null;
  sameGrid: boolean;
  sameCategory: boolean;
  mergeable: boolean;
}

export interface DispatchPreview {
  department: Department | null;
  suggested: boolean;
  rule: string | null;
  reason: string;
  reasonEn: string;
  dues: { clock: string; limit: string; due: string }[];
  others: Department[];
}

export interface Claim {
  case: string;
  actor: string;
  role: string;
  unit: string | null;
  mine: boolean;
  since: string;
}

export interface FieldOption {
  value: string;
  title: string;
  titleEn: string;
}

export type FieldKind =
  | 'TEXT' | 'LINE' | 'CHOICE' | 'FLAG' | 'NUMBER' | 'INSTANT' | 'LIMIT' | 'DEPARTMENT'
  | 'CATEGORY' | 'WORKER' | 'ACCOUNT' | 'CASE' | 'PLACE' | 'EVIDENCE' | 'PARTS';

export interface FormField {
  name: string;
  kind: FieldKind;
  required: boolean;
  title: string;
  titleEn: string;
  help: string;
  options: FieldOption[];
}

export interface CommandForm {
  name: string;
  command: string;
  title: string;
  titleEn: string;
  fields: FormField[];
  undo: string | null;
}

export interface UserError {
  code: string;
  message: string;
  messageZh: string;
  facts: { name: string; value: string }[];
}

export interface Category extends Named {
  code: string;
  tier: string;
}

export interface Worker {
  key: string;
  scope: string;
}

export interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/** What the feed says, as the schema has it. */
export type FeedMessage = Answer<'Feed'>['caseFeed'];

const LINE = `
fragment Line on Case {
  id number version position status open overdue severity scope categoryCode
  category { name nameEn } area { name nameEn } grid { code name nameEn } point { lon lat }
  department { key name nameEn } reportedAt updatedAt dueClock dueAt late returned exercise
}`;

export const FEED = `subscription Feed($after: String) {
  caseFeed(filter: { open: true }, after: $after) {
    __typename
    ... on CaseFeedSnapshot { cursor position nodes { ...Line } }
    ... on CaseFeedDelta { cursor position upserts { ...Line } removes { id } }
    ... on Resync { reason }
    ... on Heartbeat { cursor position head serverTime oldestUnappliedAgeMs }
  }
}${LINE}`;

/** What had happened by an instant, as known now; null is now. */
export type AsOf = { effectiveAt: string } | null;

export const OPEN = gql<
  { cases: { nodes: CaseLine[]; pageInfo: PageInfo } },
  { after: string | null; asOf: AsOf }
>(`query Open($after: String, $asOf: AsOf) {
  cases(first: 100, after: $after, asOf: $asOf, filter: { open: true }, orderBy: REPORTED) {
    nodes { ...Line } pageInfo { hasNextPage endCursor }
  }
}${LINE}`);

export const FOUND = gql<{ cases: { nodes: CaseLine[] } }, { number: string }>(`query Found($number: String!) {
  cases(first: 20, filter: { number: $number }, orderBy: UPDATED) { nodes { ...Line } }
}${LINE}`);

export const WHOLE = gql<
  { case: CaseWhole | null; caseTimeline: { nodes: CaseEvent[] }; similarCases?: SimilarCase[] },
  { id: string; asOf: AsOf; live: boolean }
>(`query Whole($id: ID!, $asOf: AsOf, $live: Boolean!) {
  case(id: $id, asOf: $asOf) {
    ...Line
    allowed @include(if: $live) channel tier basis sensitive unlocated source sourceId stated flags
    departments { key name nameEn }
    acceptedAt filedAt dispatchedAt acknowledgedAt handledAt checkedAt closedAt totalDue
    suspendedAt reviewAt rework extensions reopened urged supervised satisfaction
    mergedInto parent children
  }
  caseTimeline(case: $id, first: 100, asOf: $asOf) {
    nodes { id position version topic title titleEn at recordedAt actor role unit basis state }
  }
  similarCases(case: $id) @include(if: $live) {
    case { ...Line } distanceM sameGrid sameCategory mergeable
  }
}${LINE}`);

/** What for sealed words are opened: it is written down. */
export type Purpose = 'HANDLING' | 'CALL_BACK' | null;

export const TEXT = gql<{ case: { text: CaseText } | null }, { id: string; purpose: Purpose }>(`query Text($id: ID!, $purpose: Purpose) {
  case(id: $id) { text(purpose: $purpose) { description address conclusion erased point { lon lat } } }
}`);

export const CONTACT = gql<{ case: { contact: string | null } | null }, { id: string }>(`query Contact($id: ID!) {
  case(id: $id) { contact(purpose: CALL_BACK) }
}`);

export interface Reckoned {
  clock: string;
  name: string;
  nameEn: string;
  limit: string;
  calendar: string | null;
  start: string;
  due: string;
  stoppedAt: string | null;
  standingSince: string | null;
  countedS: number;
  settings: { position: string; title: string; titleEn: string; at: string; due: string }[];
  spans: { start: string; end: string; kind: string; name: string; nameEn: string; countedS: number }[];
}

/** Every deadline of a case with its arithmetic, span by span. */
export const DEADLINES = gql<{ case: { deadlines: Reckoned[] } | null }, { id: string }>(`query Deadlines($id: ID!) {
  case(id: $id) {
    deadlines {
      clock name nameEn limit calendar start due stoppedAt standingSince countedS
      settings { position title titleEn at due }
      spans { start end kind name nameEn countedS }
    }
  }
}`);

/** The link by which whoever reported a case rates it; null before the follow-up and after the rating. */
export const RATE_LINK = gql<{ case: { rateLink: string | null } | null }, { id: string }>(`query RateLink($id: ID!) {
  case(id: $id) { rateLink }
}`);

export const PREVIEW = gql<
  { dispatchPreview: DispatchPreview },
  { id: string; department: string | null }
>(`query Preview($id: ID!, $department: String) {
  dispatchPreview(case: $id, department: $department) {
    department { key name nameEn } suggested rule reason reasonEn
    dues { clock limit due } others { key name nameEn }
  }
}`);

export const ALLOWED = gql<
  { nodes: ({ id: string; version: number; allowed: string[] } | null)[] },
  { ids: string[] }
>(`query Allowed($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Case { id version allowed } }
}`);

export const AFTERWARDS = gql<{ caseTimeline: { nodes: CaseEvent[] } }, { id: string }>(`query Afterwards($id: ID!) {
  caseTimeline(case: $id, first: 100) {
    nodes { id position version topic title titleEn at recordedAt actor role unit basis state }
  }
}`);

export const REFERENCE = gql<
  {
    commandForms: CommandForm[];
    departments: Department[];
    categories: Category[];
    me: { id: string };
    areas: (Named & { code: string; scope: string; timezone: string })[];
  },
  { scope: string | null }
>(`query Reference($scope: String) {
  commandForms {
    name command title titleEn undo
    fields { name kind required title titleEn help options { value title titleEn } }
  }
  departments { key name nameEn }
  categories(scope: $scope) { code name nameEn tier }
  me { id }
  areas { code scope name nameEn timezone }
}`);

export const WORKERS = gql<{ workers: Worker[] }, { scope: string }>(`query Workers($scope: String!) {
  workers(scope: $scope) { key scope }
}`);

export const CLAIMS = gql<{ claims: Claim[] }>(`query Claims {
  claims { case actor role unit mine since }
}`);

export const CLAIM = gql<
  { claimCase: Claim | null },
  { id: string; release: boolean; over: boolean }
>(`mutation Claim($id: ID!, $release: Boolean!, $over: Boolean!) {
  claimCase(case: $id, release: $release, takeOver: $over) { case actor role unit mine since }
}`);

export interface Payload {
  event: { position: string; last: string; version: number } | null;
  userErrors: UserError[];
  case: { id: string; version: number } | null;
}

/** The document of a verb: all mutations on cases have one shape. */
export function commandDocument(name: string): { text: string } {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return {
    text: `mutation Command($input: ${input}!) { ${name}(input: $input) {
  event { position last version } case { id version }
  userErrors { code message messageZh facts { name value } }
} }`,
  };
}

export type Alarm = Extract<AlarmsMessage, { alarms: unknown }>['alarms'][number];

export type AlarmsMessage = Answer<'Alarms'>['alarms'];

export type AlarmVerb = 'acknowledgeAlarm' | 'shelveAlarm' | 'unshelveAlarm';

const ALARM = `
fragment Alarm on Alarm {
  id version kind title titleEn priority number category { name nameEn } raisedAt acknowledgedAt
  shelvedUntil clearedAt cycle stands
}`;

export const ALARMS_FEED = `subscription Alarms($after: String) {
  alarms(after: $after) {
    __typename
    ... on AlarmsSnapshot { cursor position alarms { ...Alarm } }
    ... on AlarmsDelta { cursor position alarms { ...Alarm } }
    ... on Resync { reason }
    ... on Heartbeat { cursor position }
  }
}${ALARM}`;

export interface AlarmFigures {
  raised: number;
  perTenMinutes: number;
  busiestTenMinutes: number;
  byPriority: { priority: string; raised: number; acknowledged: number; acknowledgeP50S: number | null }[];
  chattering: { kind: string; number: string; cycles: number }[];
}

export const ALARM_FIGURES = gql<{ alarmFigures: AlarmFigures }, { since: string; until: string }>(`query AlarmFigures($since: DateTime!, $until: DateTime!) {
  alarmFigures(since: $since, until: $until) {
    raised perTenMinutes busiestTenMinutes
    byPriority { priority raised acknowledged acknowledgeP50S }
    chattering { kind number cycles }
  }
}`);

/** The document of a command on an alarm. */
export function alarmDocument(name: AlarmVerb): { text: string } {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return {
    text: `mutation Command($input: ${input}!) { ${name}(input: $input) {
  event { position last version } userErrors { code message messageZh facts { name value } }
} }`,
  };
}
