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

export type CaseText = NonNullable<Answer<'Text'>['case']>['text'];

/** `allowed` is not asked of the past. */
export type CaseWhole = NonNullable<Answer<'Whole'>['case']>;

export type CaseEvent = Answer<'Whole'>['caseTimeline']['nodes'][number];

export type SimilarCase = NonNullable<Answer<'Whole'>['similarCases']>[number];

export type DispatchPreview = Answer<'Preview'>['dispatchPreview'];

export type Claim = Answer<'Claims'>['claims'][number];

type Reference = Answer<'Reference'>;
export type FormField = CommandForm['fields'][number];
export type FieldOption = FormField['options'][number];

/** `bulk` is the mutation for many cases at once; null where there is none. */
export type CommandForm = Reference['commandForms'][number];

export interface UserError {
  code: string;
  message: string;
  messageZh: string;
  facts: { name: string; value: string }[];
}

export type Category = Reference['categories'][number];

export type Area = Reference['areas'][number];

export type Worker = Answer<'Workers'>['workers'][number];

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

/** What a replay says: the feed's own messages, told again. */
export type ReplayMessage = Answer<'ReplayCases'>['replayCases'];

export const REPLAY_CASES = `subscription ReplayCases($from: DateTime!, $speed: Float!, $after: String) {
  replayCases(from: $from, speed: $speed, after: $after, filter: { open: true }) {
    __typename
    ... on CaseFeedSnapshot { cursor position nodes { ...Line } }
    ... on CaseFeedDelta { cursor position upserts { ...Line } removes { id } }
    ... on Resync { reason }
    ... on Heartbeat { cursor position head serverTime oldestUnappliedAgeMs }
  }
}${LINE}`;

/** What had happened by an instant, as known now; null is now. */
export type AsOf = { effectiveAt: string } | null;

export const OPEN = gql<'Open'>(`query Open($after: String, $asOf: AsOf) {
  cases(first: 100, after: $after, asOf: $asOf, filter: { open: true }, orderBy: REPORTED) {
    nodes { ...Line } pageInfo { hasNextPage endCursor }
  }
}${LINE}`);

export const FOUND = gql<'Found'>(`query Found($number: String!) {
  cases(first: 20, filter: { number: $number }, orderBy: UPDATED) { nodes { ...Line } }
}${LINE}`);

export const WHOLE = gql<'Whole'>(`query Whole($id: ID!, $asOf: AsOf, $live: Boolean!) {
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

export const TEXT = gql<'Text'>(`query Text($id: ID!, $purpose: Purpose, $asOf: AsOf) {
  case(id: $id, asOf: $asOf) { text(purpose: $purpose) { description address conclusion erased point { lon lat } } }
}`);

export const CONTACT = gql<'Contact'>(`query Contact($id: ID!) {
  case(id: $id) { contact(purpose: CALL_BACK) }
}`);

export type Reckoned = NonNullable<Answer<'Deadlines'>['case']>['deadlines'][number];

/** Every deadline of a case with its arithmetic, span by span. */
export const DEADLINES = gql<'Deadlines'>(`query Deadlines($id: ID!, $asOf: AsOf) {
  case(id: $id, asOf: $asOf) {
    deadlines {
      clock name nameEn limit calendar start due stoppedAt standingSince countedS
      settings { position title titleEn at due }
      spans { start end kind name nameEn countedS }
    }
  }
}`);

/** The link by which whoever reported a case rates it; null before the follow-up and after the rating. */
export const RATE_LINK = gql<'RateLink'>(`query RateLink($id: ID!) {
  case(id: $id) { rateLink }
}`);

export const PREVIEW = gql<'Preview'>(`query Preview($id: ID!, $department: String) {
  dispatchPreview(case: $id, department: $department) {
    department { key name nameEn } suggested rule reason reasonEn
    dues { clock limit due } others { key name nameEn }
  }
}`);

export const ALLOWED = gql<'Allowed'>(`query Allowed($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Case { id version allowed } }
}`);

export const AFTERWARDS = gql<'Afterwards'>(`query Afterwards($id: ID!) {
  caseTimeline(case: $id, first: 100) {
    nodes { id position version topic title titleEn at recordedAt actor role unit basis state }
  }
}`);

export const REFERENCE = gql<'Reference'>(`query Reference($scope: String) {
  commandForms {
    name command title titleEn undo bulk
    fields { name kind required title titleEn help options { value title titleEn } }
  }
  departments { key name nameEn }
  categories(scope: $scope) { code name nameEn tier }
  me { id }
  areas { code scope name nameEn timezone }
}`);

/** The figures that somebody may appeal against, as they are named now. */
export const FIGURES = gql<'Figures'>(`query Figures {
  figureDefinitions { code title titleEn inForce }
}`);

export const WORKERS = gql<'Workers'>(`query Workers($scope: String!) {
  workers(scope: $scope) { key scope }
}`);

/** Whom one may ask to check a case. */
export const CHECKERS = gql<'Checkers'>(`query Checkers($case: ID!) {
  checkers(case: $case) { account scope }
}`);

export const CLAIMS = gql<'Claims'>(`query Claims {
  claims { case actor role unit mine since }
}`);

export const CLAIM = gql<'Claim'>(`mutation Claim($id: ID!, $release: Boolean!, $over: Boolean!) {
  claimCase(case: $id, release: $release, takeOver: $over) { case actor role unit mine since }
}`);

export interface Payload {
  event: { position: string; last: string; version: number } | null;
  userErrors: UserError[];
  /** Not asked of many at once. */
  case?: { id: string; version: number } | null;
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

/** The document of a verb for many cases: a payload for each, in their order. */
export function bulkDocument(name: string, bulk: string): { text: string } {
  const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return {
    text: `mutation Commands($inputs: [${input}!]!) { ${bulk}(inputs: $inputs) { results {
  event { position last version } userErrors { code message messageZh facts { name value } }
} } }`,
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
    ... on AlarmsDelta { cursor position alarms { ...Alarm } removes { id } }
    ... on Resync { reason }
    ... on Heartbeat { cursor position }
  }
}${ALARM}`;

export type AlarmFigures = Answer<'AlarmFigures'>['alarmFigures'];

export const ALARM_FIGURES = gql<'AlarmFigures'>(`query AlarmFigures($since: DateTime!, $until: DateTime!) {
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
