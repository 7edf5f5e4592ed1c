/** What the admin screen asks, and the shapes of the answers. */
import { gql } from '../ui/graphql';

export interface Grant {
  role: string;
  scope: string;
  unit: string | null;
  until: string | null;
}

export interface AccountKey {
  id: string;
  role: string;
  scope: string;
  expiresAt: string;
  revoked: boolean;
  live: boolean;
}

export interface Account {
  id: string;
  kind: string;
  scope: string;
  live: boolean;
  linked: boolean;
  grants: Grant[];
  keys: AccountKey[];
}

export const ACCOUNTS = gql<{ accounts: Account[] }>(`query AdminAccounts {
  accounts {
    id kind scope live linked
    grants { role scope unit until }
    keys { id role scope expiresAt revoked live }
  }
}`);

export interface Category {
  code: string;
  owner: string;
  name: string;
  nameEn: string;
  lead: string;
  limit: string;
  tier: string;
  publicity: string;
  severity: string;
  confidence: string;
}

export interface Department {
  key: string;
  name: string;
  nameEn: string;
}

export interface SubjectExport {
  document: string | null;
  userErrors: { code: string; message: string; messageZh: string }[];
}

export const EXPORT = gql<{ exportSubject: SubjectExport }, { subject: string }>(`mutation AdminExport($subject: String!) {
  exportSubject(subject: $subject) { document userErrors { code message messageZh } }
}`);

export interface Area {
  code: string;
  scope: string;
  level: string;
  name: string;
  nameEn: string;
  timezone: string;
}

export const POLICY = gql<{ categories: Category[]; departments: Department[]; areas: Area[] }>(`query AdminPolicy {
  categories { code owner name nameEn lead limit tier publicity severity confidence }
  departments { key name nameEn }
  areas { code scope level name nameEn timezone }
}`);

export interface Rule {
  rule: string;
  priority: number;
  category: string;
  scope: string;
  department: string;
  reason: string;
  reasonEn: string;
}

export interface StageLimit {
  clock: string;
  category: string;
  limit: string;
}

export interface CalendarVersion {
  version: string;
  timezone: string;
  firstYear: number;
  lastYear: number;
  hours: number[][];
  weekend: number[];
  holidays: string[];
  workdays: string[];
}

/** One area's own rules and the calendar it counts by. */
export interface Rulebook {
  catalogue: { owner: string; routing: Rule[]; stageLimits: StageLimit[] } | null;
  calendar: { key: string; versions: CalendarVersion[] } | null;
}

export const RULEBOOK = gql<Rulebook, { owner: string }>(`query AdminRulebook($owner: String!) {
  catalogue(owner: $owner) {
    owner
    routing { rule priority category scope department reason reasonEn }
    stageLimits { clock category limit }
  }
  calendar(key: $owner) { key versions { version timezone firstYear lastYear hours weekend holidays workdays } }
}`);

export interface TrialClock {
  clock: string;
  name: string;
  nameEn: string;
  runs: number;
  moved: number;
  lateBefore: number;
  lateAfter: number;
  lateRecorded: number;
}

export interface TrialCase {
  number: string;
  category: string;
  dues: { clock: string; name: string; nameEn: string; before: string | null; after: string | null; lateBefore: boolean; lateAfter: boolean }[];
  before: Department | null;
  after: Department | null;
}

export interface Trial {
  userErrors: { code: string; message: string; messageZh: string }[];
  cases: number;
  complete: boolean;
  differing: number;
  byHand: number;
  clocks: TrialClock[];
  rerouted: { before: Department | null; after: Department | null; cases: number }[];
  examples: TrialCase[];
}

export const TRIAL = gql<{ dryRun: Trial }, { change: Record<string, unknown> }>(`query AdminTrial($change: PolicyChangeInput!) {
  dryRun(change: $change) {
    userErrors { code message messageZh }
    cases complete differing byHand
    clocks { clock name nameEn runs moved lateBefore lateAfter lateRecorded }
    rerouted { before { key name nameEn } after { key name nameEn } cases }
    examples {
      number category
      dues { clock name nameEn before after lateBefore lateAfter }
      before { key name nameEn } after { key name nameEn }
    }
  }
}`);

export interface Model {
  name: string;
  version: number;
  position: string;
  lag: number;
  held: number;
  rebuild: number;
}

export interface LogHead {
  head: string;
  sealed: string;
  witnessed: string;
  sealedAt: string | null;
}

export const HEALTH = gql<{ log: LogHead; readModels: Model[] }>(`query AdminHealth {
  log { head sealed witnessed sealedAt }
  readModels { name version position lag held rebuild }
}`);
