/** What the audit screen asks, and the shapes of the answers. */
import { gql } from '../ui/graphql';

export interface Change {
  field: string;
  name: string;
  nameEn: string;
  before: string | null;
  after: string | null;
  masked: boolean;
  erased: boolean;
}

export interface Entry {
  id: string;
  position: string;
  version: number;
  topic: string;
  title: string;
  titleEn: string;
  actor: string;
  role: string;
  unit: string | null;
  basis: string;
  commandId: string;
  causation: string | null;
  occurredAt: string;
  effectiveAt: string;
  recordedAt: string;
  reasonName: string | null;
  reasonNameEn: string | null;
  changes: Change[];
}

export interface Histories {
  nodes: Entry[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const HISTORY_PAGE = `
  nodes {
    id position version topic title titleEn actor role unit basis commandId causation
    occurredAt effectiveAt recordedAt reasonName reasonNameEn
    changes { field name nameEn before after masked erased }
  }
  pageInfo { hasNextPage endCursor }
`;

export const CASE_HISTORY = gql<
  { case: { number: string; history: Histories } | null },
  { number: string; after: string | null }
>(`query AuditCaseHistory($number: String!, $after: String) {
  case(number: $number) { number history(first: 50, after: $after) { ${HISTORY_PAGE} } }
}`);

export const NODE_HISTORY = gql<
  { node: { history?: Histories } | null },
  { id: string; after: string | null }
>(`query AuditNodeHistory($id: ID!, $after: String) {
  node(id: $id) {
    ... on Grid { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
    ... on Area { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
    ... on Department { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
    ... on Worker { history(first: 50, after: $after) { ${HISTORY_PAGE} } }
  }
}`);

export interface LogHead {
  origin: string;
  head: string;
  sealed: string;
  sealedAt: string | null;
  witnessed: string;
  vkey: string | null;
}

export interface Model {
  name: string;
  version: number;
  position: string;
  lag: number;
  held: number;
  rebuild: number;
}

export const LOG_HEAD = gql<{ log: LogHead; readModels: Model[] }>(`query AuditLog {
  log { origin head sealed sealedAt witnessed vkey }
  readModels { name version position lag held rebuild }
}`);

export interface Reading {
  at: string;
  reader: string;
  role: string;
  subject: string;
  fields: string[];
  purpose: string;
  position: string;
}

export const READINGS = gql<
  {
    personalDataReads: {
      nodes: Reading[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  },
  { after: string | null; reader: string | null; subject: string | null }
>(`query AuditReadings($after: String, $reader: String, $subject: String) {
  personalDataReads(first: 50, after: $after, reader: $reader, subject: $subject) {
    nodes { at reader role subject fields purpose position }
    pageInfo { hasNextPage endCursor }
  }
}`);

export type Snapshot = Record<string, unknown>;

export const CASE_AT_FIELDS = `
  status severity tier maxTier categoryCode channel scope open overdue sensitive exercise forced
  selfHandled unlocated basis department { name nameEn } grid { code name }
  reportedAt acceptedAt filedAt dispatchedAt acknowledgedAt handledAt checkedAt closedAt
  dueAt totalDue suspendedAt reviewAt returned rework reopened extensions urged supervised
  satisfaction mergedInto parent version
`;

export const CASE_AT = gql<
  { before: Snapshot | null; after: Snapshot | null },
  { number: string; from: string; to: string }
>(`query AuditCaseAt($number: String!, $from: Position!, $to: Position!) {
  before: case(number: $number, asOf: { position: $from }) { ${CASE_AT_FIELDS} }
  after: case(number: $number, asOf: { position: $to }) { ${CASE_AT_FIELDS} }
}`);
