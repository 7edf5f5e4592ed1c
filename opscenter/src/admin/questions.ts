/** What the admin screen asks, and the shapes of the answers. */
import type { Answer } from '../generated/operations';
import { gql } from '../ui/graphql';

export type Account = Answer<'AdminAccounts'>['accounts'][number];

export const ACCOUNTS = gql<'AdminAccounts'>(`query AdminAccounts($asOf: AsOf) {
  accounts(asOf: $asOf) {
    id kind scope live linked
    grants { role scope unit until }
    keys { id role scope expiresAt revoked live }
  }
}`);

type Policy = Answer<'AdminPolicy'>;
export type Category = Policy['categories'][number];

export type Department = Policy['departments'][number];

export const EXPORT = gql<'AdminExport'>(`mutation AdminExport($subject: String!) {
  exportSubject(subject: $subject) { document userErrors { code message messageZh } }
}`);

export type Area = Policy['areas'][number];

export const POLICY = gql<'AdminPolicy'>(`query AdminPolicy($asOf: AsOf) {
  categories(asOf: $asOf) { code owner name nameEn lead limit tier publicity severity confidence }
  departments(asOf: $asOf) { key name nameEn }
  areas(asOf: $asOf) { code scope level name nameEn timezone }
}`);

/** One area's own rules and the calendar it counts by. */
export type Rulebook = Answer<'AdminRulebook'>;
export type Rule = NonNullable<Rulebook['catalogue']>['routing'][number];

export type CalendarVersion = NonNullable<Rulebook['calendar']>['versions'][number];

export const RULEBOOK = gql<'AdminRulebook'>(`query AdminRulebook($owner: String!, $asOf: AsOf) {
  catalogue(owner: $owner, asOf: $asOf) {
    owner
    routing { rule priority category scope department reason reasonEn }
    stageLimits { clock category limit }
  }
  calendar(key: $owner, asOf: $asOf) { key versions { version timezone firstYear lastYear hours weekend holidays workdays } }
}`);

export type Trial = Answer<'AdminTrial'>['dryRun'];

export const TRIAL = gql<'AdminTrial'>(`query AdminTrial($change: PolicyChangeInput!) {
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

export type Model = Answer<'AdminHealth'>['readModels'][number];

export type LogHead = Answer<'AdminHealth'>['log'];

/** What changes by itself: asked every few seconds. */
export const OVERVIEW = gql<'AdminOverview'>(`query AdminOverview {
  log { head sealed sealedAt witnesses { name } }
  readModels { name version position lag held rebuild }
  lastVerification { at head readModels faults }
}`);
export type OverviewAnswer = Answer<'AdminOverview'>;
export type Verification = NonNullable<OverviewAnswer['lastVerification']>;

/** What people keep: accounts, imports, and what the register lacks. */
export const REGISTER = gql<'AdminRegister'>(`query AdminRegister($asOf: AsOf) {
  accounts(asOf: $asOf) { id kind live }
  imports(asOf: $asOf) { source cases position recordedAt }
  shortfalls(asOf: $asOf) { kind count examples { code name nameEn } }
  register(asOf: $asOf) { kind count }
}`);
export type Register = Answer<'AdminRegister'>;
export type Shortfall = Register['shortfalls'][number];

/** The areas one level below a scope. */
export const AREAS_IN = gql<'AdminAreasIn'>(`query AdminAreasIn($scope: String, $asOf: AsOf) {
  areas(scope: $scope, asOf: $asOf) { code scope level name nameEn timezone }
}`);
export type AreaIn = Answer<'AdminAreasIn'>['areas'][number];

/** The grids of the smallest area, and who serves there. */
export const GRIDS_IN = gql<'AdminGridsIn'>(`query AdminGridsIn($scope: String, $asOf: AsOf) {
  grids(first: 100, scope: $scope, asOf: $asOf) { nodes { code name nameEn } pageInfo { hasNextPage } }
  workers(scope: $scope, asOf: $asOf) { key grid }
}`);
export type GridsIn = Answer<'AdminGridsIn'>;

export const HEALTH = gql<'AdminHealth'>(`query AdminHealth {
  log { head sealed witnessed sealedAt }
  readModels { name version position lag held rebuild }
}`);
