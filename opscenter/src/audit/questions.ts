/** What the audit screen asks, and the shapes of the answers. */
import type { Answer } from '../generated/operations';
import { gql } from '../ui/graphql';

export type Histories = NonNullable<Answer<'AuditCaseHistory'>['case']>['history'];

export type Entry = Histories['nodes'][number];

export type Change = Entry['changes'][number];

const HISTORY_PAGE = `
  nodes {
    id position version topic title titleEn actor role unit basis commandId causation
    occurredAt effectiveAt recordedAt reasonName reasonNameEn
    changes { field name nameEn before after masked erased }
  }
  pageInfo { hasNextPage endCursor }
`;

export const CASE_HISTORY = gql<'AuditCaseHistory'>(`query AuditCaseHistory($number: String!, $after: String) {
  case(number: $number) { number history(first: 50, after: $after) { ${HISTORY_PAGE} } }
}`);

export const NODE_HISTORY = gql<'AuditNodeHistory'>(`query AuditNodeHistory($id: ID!, $after: String) {
  node(id: $id) {
    ... on Grid { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
    ... on Area { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
    ... on Department { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
    ... on Worker { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
  }
}`);

export type LogHead = Answer<'AuditLog'>['log'];

export type Model = Answer<'AuditLog'>['readModels'][number];

export const LOG_HEAD = gql<'AuditLog'>(`query AuditLog {
  log { origin head sealed sealedAt witnessed vkey witnesses { name position at } }
  readModels { name version position lag held rebuild }
  lastVerification { at head readModels faults }
}`);
export type Verification = NonNullable<Answer<'AuditLog'>['lastVerification']>;

/** The last events of the log, as they lie there. */
export const NEWEST = gql<'AuditNewest'>(`query AuditNewest($after: Position!, $first: Int!) {
  events(after: $after, first: $first) { nodes { position topic title titleEn actor recordedAt meta } }
}`);
export type NewestEvent = Answer<'AuditNewest'>['events']['nodes'][number];

/** What there is under one text, in the order in which it is taken. */
export const FOUND_KINDS = ['case', 'grid', 'area', 'department', 'worker'] as const;

export const FIND = gql<'AuditFind'>(`query AuditFind($number: String!, $grid: ID!, $area: ID!, $department: ID!, $worker: ID!) {
  case(number: $number) { id }
  grid: node(id: $grid) { id } area: node(id: $area) { id }
  department: node(id: $department) { id } worker: node(id: $worker) { id }
}`);

/** Something of each kind that is really there. */
export const EXAMPLES = gql<'AuditExamples'>(`query AuditExamples($asOf: AsOf) {
  cases(first: 1, asOf: $asOf) { nodes { number } }
  grids(first: 1, asOf: $asOf) { nodes { code } } departments(asOf: $asOf) { key }
}`);

/** Cases as they stood; the answer's position says how far the log had come, as of a recorded time. */
export const CASES_THEN = gql<'AuditCasesThen'>(`query AuditCasesThen($asOf: AsOf) {
  overview(asOf: $asOf) { total open closed overdue reportedToday closedToday lifeSafety closingRateBp }
}`);
export type CasesThen = Answer<'AuditCasesThen'>['overview'];

/** The latest steps of cases by an instant, the newest first. */
export const STEPS_THEN = gql<'AuditStepsThen'>(`query AuditStepsThen($asOf: AsOf) {
  wall(asOf: $asOf) { feed { position at topic category categoryEn area areaEn } }
}`);
export type Step = Answer<'AuditStepsThen'>['wall']['feed'][number];

export type Reading = Answer<'AuditReadings'>['personalDataReads']['nodes'][number];

export const READINGS = gql<'AuditReadings'>(`query AuditReadings($after: String, $reader: String, $subject: String, $asOf: AsOf) {
  personalDataReads(first: 50, after: $after, reader: $reader, subject: $subject, asOf: $asOf) {
    nodes { at reader role subject fields purpose position }
    pageInfo { hasNextPage endCursor }
  }
}`);

export const RECENT_READINGS = gql<'AuditRecentReadings'>(`query AuditRecentReadings($asOf: AsOf) {
  personalDataReads(first: 12, asOf: $asOf) { nodes { at reader role subject fields purpose position } }
}`);

export type Snapshot = Record<string, unknown>;

export const CASE_AT_FIELDS = `
  status severity tier maxTier categoryCode channel scope open overdue sensitive exercise forced
  selfHandled unlocated basis department { name nameEn } grid { code name }
  reportedAt acceptedAt filedAt dispatchedAt acknowledgedAt handledAt checkedAt closedAt
  dueAt totalDue suspendedAt reviewAt returned rework reopened extensions urged supervised
  satisfaction mergedInto parent version
`;

export const CASE_AT = gql<'AuditCaseAt'>(`query AuditCaseAt($number: String!, $from: AsOf!, $to: AsOf!) {
  before: case(number: $number, asOf: $from) { ${CASE_AT_FIELDS} }
  after: case(number: $number, asOf: $to) { ${CASE_AT_FIELDS} }
}`);
