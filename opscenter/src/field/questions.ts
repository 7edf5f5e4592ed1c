/** What the field app asks of the platform: its documents and the shapes of their answers. */
import type { Answer } from '../generated/operations';
import { type Document, gql } from '../ui/graphql';

export interface Named {
  name: string;
  nameEn: string;
}

/** `tier` is V, T or D: what a village mends is what is met most. */
export type Category = Answer<'Categories'>['categories'][number];

export type Area = Answer<'Areas'>['areas'][number];

export type Grid = Answer<'Grids'>['grids']['nodes'][number];

export type Task = Answer<'Tasks'>['due']['nodes'][number];

export type Detail = NonNullable<Answer<'OneCase'>['case']>;
export type Attachment = Detail['attachments'][number];

export type Appeal = Answer<'Appeals'>['appeals']['nodes'][number];
export type FigureName = Answer<'Appeals'>['figureDefinitions'][number];
export type AppealWords = Answer<'AppealWords'>['appeals']['nodes'][number]['text'];

/** What a department or a grid has appealed against; the words are asked for one by one. */
export const APPEALS = gql<'Appeals'>(`query Appeals($side: AppealSide!, $asOf: AsOf) {
    appeals(first: 50, side: $side, asOf: $asOf) { nodes { appeal number figure filedAt filedBy upheld decidedAt decidedBy } }
    figureDefinitions { code title titleEn }
  }`);

/** The figures that one may appeal against, as they are named now. */
export const SCORES = gql<'Scores'>(`query Scores { figureDefinitions { code title titleEn inForce } }`);

/** The case that goes by a number. */
export const CALLED = gql<'Called'>(`query Called($number: String!) { case(number: $number) { id } }`);

export const APPEAL_WORDS = gql<'AppealWords'>(`query AppealWords($appeal: String!, $asOf: AsOf) {
    appeals(first: 1, appeal: $appeal, asOf: $asOf) { nodes { text(purpose: HANDLING) { note reason erased } } }
  }`);

/** A case of which only the line in a list is known. */
export const NOTHING_SAID: Omit<Detail, keyof Task> = {
  department: null,
  selfHandled: false,
  satisfaction: null,
  text: { description: null, address: null, conclusion: null, erased: false, point: null },
  attachments: [],
};

export const LINE = `fragment Line on Case {
  id number status severity overdue dueAt reportedAt rework categoryCode
  category { name nameEn } grid { name nameEn } area { name nameEn } allowed
}`;

/** The next due, and the newest: what has no running clock is not in the order of deadlines. */
export const TASKS = gql<'Tasks'>(`query Tasks($first: Int!, $filter: CaseFilter!, $asOf: AsOf) {
    due: cases(first: $first, filter: $filter, orderBy: DUE, asOf: $asOf) { nodes { ...Line } }
    newest: cases(first: $first, filter: $filter, asOf: $asOf) { nodes { ...Line } }
  } ${LINE}`);

/** One line of a list: an own report as it stood. */
export const LINE_OF = gql<'LineOf'>(`query LineOf($id: ID!, $asOf: AsOf) { case(id: $id, asOf: $asOf) { ...Line } } ${LINE}`);

/** Whoever opens a case in the field is about to work on it; a resident reads an own matter. */
export const CASE = gql<'OneCase'>(`query OneCase($id: ID!, $purpose: Purpose, $asOf: AsOf) {
    case(id: $id, asOf: $asOf) {
      ...Line department { name nameEn } selfHandled satisfaction
      text(purpose: $purpose) { description address conclusion erased point { lon lat } }
      attachments { id kind path state width height }
    }
  } ${LINE}`);

export const CATEGORIES = gql<'Categories'>(`query Categories($scope: String) { categories(scope: $scope) { code name nameEn tier } }`);

export const GRID_AT = gql<'GridAt'>(`query GridAt($lon: Float!, $lat: Float!) {
    gridAt(lon: $lon, lat: $lat) { code name nameEn scope }
  }`);

export const AREAS = gql<'Areas'>(`query Areas($scope: String) { areas(scope: $scope) { scope level name nameEn } }`);

export const ZONE = gql<'Zone'>(`query Zone { areas { timezone } }`);

/** The same for whoever has no account: the wall is everybody's. */
export const OPEN_ZONE = gql<'OpenZone'>(`query OpenZone { wall { district { timezone } } }`);

export const OWN_PLACE = gql<'OwnPlace'>(`query OwnPlace($id: ID!) {
  node(id: $id) { ... on Area { name nameEn } ... on Department { name nameEn } }
}`);

export const GRIDS = gql<'Grids'>(`query Grids($scope: String!) {
    grids(first: 100, scope: $scope) { nodes { code name nameEn scope } }
  }`);

/** What comes of a command. */
export type Payload = Answer<'Report'>['reportCase'];
const PAYLOAD = `case { id number } event { position } userErrors { code message messageZh }`;
/** Each document fits its own input; the outbox keeps inputs of all, and the server refuses what is none. */
type Sending = Document<Record<string, Payload>, { input: never }>;

export const REPORT = gql<'Report'>(`mutation Report($input: ReportCaseInput!) { reportCase(input: $input) { ${PAYLOAD} } }`);
export const SELF_HANDLE = gql<'SelfHandle'>(`mutation SelfHandle($input: SelfHandleCaseInput!) { selfHandleCase(input: $input) { ${PAYLOAD} } }`);
export const VERIFY = gql<'Verify'>(`mutation Verify($input: ReportVerificationInput!) { reportVerification(input: $input) { ${PAYLOAD} } }`);
export const ACKNOWLEDGE = gql<'Acknowledge'>(`mutation Acknowledge($input: AcknowledgeCaseInput!) { acknowledgeCase(input: $input) { ${PAYLOAD} } }`);
export const GIVE_BACK = gql<'GiveBack'>(`mutation GiveBack($input: ReturnCaseInput!) { returnCase(input: $input) { ${PAYLOAD} } }`);
export const PROGRESS = gql<'Progress'>(`mutation Progress($input: NoteProgressInput!) { noteProgress(input: $input) { ${PAYLOAD} } }`);
export const HANDLE = gql<'Handle'>(`mutation Handle($input: HandleCaseInput!) { handleCase(input: $input) { ${PAYLOAD} } }`);
export const ASSIST_DONE = gql<'AssistDone'>(`mutation AssistDone($input: ReportAssistDoneInput!) { reportAssistDone(input: $input) { ${PAYLOAD} } }`);
export const PASS = gql<'Pass'>(`mutation Pass($input: PassCheckInput!) { passCheck(input: $input) { ${PAYLOAD} } }`);
export const FAIL = gql<'Fail'>(`mutation Fail($input: FailCheckInput!) { failCheck(input: $input) { ${PAYLOAD} } }`);
export const APPEAL = gql<'FileOne'>(`mutation FileOne($input: FileAppealInput!) { fileAppeal(input: $input) { ${PAYLOAD} } }`);
export const FEEDBACK = gql<'Feedback'>(`mutation Feedback($input: GiveFeedbackInput!) { giveFeedback(input: $input) { ${PAYLOAD} } }`);

/** By the name of the mutation. */
export const SENDING: Readonly<Record<string, Sending>> = {
  reportCase: REPORT,
  selfHandleCase: SELF_HANDLE,
  reportVerification: VERIFY,
  acknowledgeCase: ACKNOWLEDGE,
  returnCase: GIVE_BACK,
  noteProgress: PROGRESS,
  handleCase: HANDLE,
  reportAssistDone: ASSIST_DONE,
  passCheck: PASS,
  failCheck: FAIL,
  giveFeedback: FEEDBACK,
  fileAppeal: APPEAL,
};
