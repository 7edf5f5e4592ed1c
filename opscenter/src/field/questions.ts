/** What the field app asks of the platform: its documents and the shapes of their answers. */
import { type Document, gql } from '../ui/graphql';

export interface Named {
  name: string;
  nameEn: string;
}

export interface Category extends Named {
  code: string;
  /** V, T or D: what a village mends is what is met most. */
  tier: string;
}

export interface Area extends Named {
  scope: string;
  level: string;
}

export interface Grid extends Named {
  code: string;
  scope: string;
}

export interface Attachment {
  id: string;
  kind: string;
  path: string | null;
  state: string;
  width: number;
  height: number;
}

export interface Task {
  id: string;
  number: string;
  status: string;
  severity: string;
  overdue: boolean;
  dueAt: string | null;
  reportedAt: string | null;
  rework: number;
  category: Named | null;
  categoryCode: string;
  grid: Named | null;
  area: Named | null;
  allowed: string[];
}

export interface Detail extends Task {
  department: Named | null;
  selfHandled: boolean;
  satisfaction: string | null;
  text: {
    description: string | null;
    address: string | null;
    conclusion: string | null;
    erased: boolean;
    point: { lon: number; lat: number } | null;
  };
  attachments: Attachment[];
}

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
export const TASKS = gql<{ due: { nodes: Task[] }; newest: { nodes: Task[] } }, { filter: unknown; first: number }>(`query Tasks($first: Int!, $filter: CaseFilter!) {
    due: cases(first: $first, filter: $filter, orderBy: DUE) { nodes { ...Line } }
    newest: cases(first: $first, filter: $filter) { nodes { ...Line } }
  } ${LINE}`);

/** Whoever opens a case in the field is about to work on it; a resident reads an own matter. */
export const CASE = gql<{ case: Detail | null }, { id: string; purpose: 'HANDLING' | null }>(`query OneCase($id: ID!, $purpose: Purpose) {
    case(id: $id) {
      ...Line department { name nameEn } selfHandled satisfaction
      text(purpose: $purpose) { description address conclusion erased point { lon lat } }
      attachments { id kind path state width height }
    }
  } ${LINE}`);

export const CATEGORIES = gql<{ categories: Category[] }, { scope: string | null }>(`query Categories($scope: String) { categories(scope: $scope) { code name nameEn tier } }`);

export const GRID_AT = gql<{ gridAt: Grid | null }, { lon: number; lat: number }>(`query GridAt($lon: Float!, $lat: Float!) {
    gridAt(lon: $lon, lat: $lat) { code name nameEn scope }
  }`);

export const AREAS = gql<{ areas: Area[] }, { scope: string | null }>(`query Areas($scope: String) { areas(scope: $scope) { scope level name nameEn } }`);

export const GRIDS = gql<{ grids: { nodes: Grid[] } }, { scope: string }>(`query Grids($scope: String!) {
    grids(first: 100, scope: $scope) { nodes { code name nameEn scope } }
  }`);

/** What comes of a command. */
export interface Payload {
  case: { id: string; number: string } | null;
  event: { position: string } | null;
  userErrors: { code: string; message: string; messageZh: string }[];
}
const PAYLOAD = `case { id number } event { position } userErrors { code message messageZh }`;
type Sending = Document<Record<string, Payload>, { input: unknown }>;

export const REPORT = gql<Record<string, Payload>, { input: unknown }>(`mutation Report($input: ReportCaseInput!) { reportCase(input: $input) { ${PAYLOAD} } }`);
export const SELF_HANDLE = gql<Record<string, Payload>, { input: unknown }>(`mutation SelfHandle($input: SelfHandleCaseInput!) { selfHandleCase(input: $input) { ${PAYLOAD} } }`);
export const VERIFY = gql<Record<string, Payload>, { input: unknown }>(`mutation Verify($input: ReportVerificationInput!) { reportVerification(input: $input) { ${PAYLOAD} } }`);
export const ACKNOWLEDGE = gql<Record<string, Payload>, { input: unknown }>(`mutation Acknowledge($input: AcknowledgeCaseInput!) { acknowledgeCase(input: $input) { ${PAYLOAD} } }`);
export const GIVE_BACK = gql<Record<string, Payload>, { input: unknown }>(`mutation GiveBack($input: ReturnCaseInput!) { returnCase(input: $input) { ${PAYLOAD} } }`);
export const PROGRESS = gql<Record<string, Payload>, { input: unknown }>(`mutation Progress($input: NoteProgressInput!) { noteProgress(input: $input) { ${PAYLOAD} } }`);
export const HANDLE = gql<Record<string, Payload>, { input: unknown }>(`mutation Handle($input: HandleCaseInput!) { handleCase(input: $input) { ${PAYLOAD} } }`);
export const ASSIST_DONE = gql<Record<string, Payload>, { input: unknown }>(`mutation AssistDone($input: ReportAssistDoneInput!) { reportAssistDone(input: $input) { ${PAYLOAD} } }`);
export const PASS = gql<Record<string, Payload>, { input: unknown }>(`mutation Pass($input: PassCheckInput!) { passCheck(input: $input) { ${PAYLOAD} } }`);
export const FAIL = gql<Record<string, Payload>, { input: unknown }>(`mutation Fail($input: FailCheckInput!) { failCheck(input: $input) { ${PAYLOAD} } }`);
export const FEEDBACK = gql<Record<string, Payload>, { input: unknown }>(`mutation Feedback($input: GiveFeedbackInput!) { giveFeedback(input: $input) { ${PAYLOAD} } }`);

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
};
