/** What can be done with a case in the field, as data: one form serves all of them. */
import type { AppealSide, Status } from '../generated/operations';
import type { Lang } from '../i18n';

type Words = Readonly<Record<Lang, string>>;
export type Kind = 'before' | 'after' | 'other';

export interface Action {
  /** Name of the mutation; offered when the case's `allowed` names it. */
  verb: string;
  title: Words;
  /** What the button says when it is sent. */
  done: Words;
  tone: 'primary' | 'plain' | 'danger';
  pictures: readonly { kind: Kind; needed: boolean }[];
  text: { name: string; label: Words; needed: boolean } | null;
  /** `figures`: the options are the figures in force, as the platform names them. */
  choice: { name: string; label: Words; options: readonly [value: string, words: Words][]; figures?: true } | null;
  /** Done of one's own accord: that it may be done makes a case nobody's task. */
  unasked?: true;
}

const CONCLUSION = { name: 'conclusion', label: { zh: '处置结果', en: 'What was done' }, needed: true };
const note = (label: Words, needed: boolean): Action['text'] => ({ name: 'note', label, needed });
const NOTE = note({ zh: '说明（可不填）', en: 'Note (optional)' }, false);

// prettier-ignore
export const ACTIONS: readonly Action[] = [
  {
    verb: 'acknowledgeCase', title: { zh: '签收', en: 'Acknowledge' }, done: { zh: '确认签收', en: 'Acknowledge' },
    tone: 'primary', pictures: [], text: null, choice: null,
  },
  {
    verb: 'handleCase', title: { zh: '处置反馈', en: 'Report it done' }, done: { zh: '提交处置', en: 'Send' },
    tone: 'primary', pictures: [{ kind: 'before', needed: false }, { kind: 'after', needed: true }],
    text: CONCLUSION, choice: null,
  },
  {
    verb: 'reportAssistDone', title: { zh: '协办完成', en: 'Our part is done' }, done: { zh: '提交', en: 'Send' },
    tone: 'primary', pictures: [], text: CONCLUSION, choice: null,
  },
  {
    verb: 'noteProgress', title: { zh: '过程反馈', en: 'Note progress' }, done: { zh: '提交', en: 'Send' },
    tone: 'plain', pictures: [], text: note({ zh: '进展', en: 'Progress' }, true), choice: null,
  },
  {
    verb: 'selfHandleCase', title: { zh: '自行处置', en: 'Mended on the spot' }, done: { zh: '提交处置', en: 'Send' },
    tone: 'primary', pictures: [{ kind: 'before', needed: true }, { kind: 'after', needed: true }],
    text: CONCLUSION, choice: null,
  },
  {
    verb: 'reportVerification', title: { zh: '核实反馈', en: 'Answer what you found' }, done: { zh: '提交核实', en: 'Send' },
    tone: 'primary', pictures: [{ kind: 'other', needed: false }], text: NOTE,
    choice: {
      name: 'result', label: { zh: '现场情况', en: 'On the spot' },
      options: [
        ['exists', { zh: '属实', en: 'It is there' }],
        ['absent', { zh: '不存在', en: 'It is not there' }],
        ['unable', { zh: '无法核实', en: 'Unable to tell' }],
      ],
    },
  },
  {
    verb: 'passCheck', title: { zh: '核查通过', en: 'Pass the check' }, done: { zh: '确认通过', en: 'Pass' },
    tone: 'primary', pictures: [{ kind: 'after', needed: false }], text: NOTE, choice: null,
  },
  {
    verb: 'failCheck', title: { zh: '核查不通过', en: 'Fail the check' }, done: { zh: '退回返工', en: 'Send back' },
    tone: 'danger', pictures: [{ kind: 'after', needed: false }],
    text: note({ zh: '不通过的原因', en: 'What is wrong' }, true), choice: null,
  },
  {
    verb: 'returnCase', title: { zh: '退单', en: 'Give it back' }, done: { zh: '申请退单', en: 'Ask to give it back' },
    tone: 'plain', pictures: [], text: NOTE,
    choice: {
      name: 'reason', label: { zh: '退单原因', en: 'Reason' },
      options: [
        ['not_our_duty', { zh: '非本部门职责', en: 'Not our duty' }],
        ['outside_our_area', { zh: '不在管辖范围', en: 'Outside our area' }],
        ['wrong_category', { zh: '类别有误', en: 'Wrong category' }],
        ['wrong_place', { zh: '位置有误', en: 'Wrong place' }],
        ['not_found_on_site', { zh: '现场未发现', en: 'Not found on site' }],
      ],
    },
  },
  {
    verb: 'giveFeedback', title: { zh: '评价处置结果', en: 'Rate the handling' }, done: { zh: '提交评价', en: 'Send the rating' },
    tone: 'primary', pictures: [], text: { name: 'comment', label: { zh: '您的意见（可不填）', en: 'Comment (optional)' }, needed: false },
    choice: {
      name: 'satisfaction', label: { zh: '对处置结果满意吗？', en: 'How was the handling?' },
      options: [
        ['satisfied', { zh: '满意', en: 'Satisfied' }],
        ['basically', { zh: '基本满意', en: 'Basically satisfied' }],
        ['unsatisfied', { zh: '不满意', en: 'Unsatisfied' }],
      ],
    },
  },
  {
    verb: 'fileAppeal', title: { zh: '申诉', en: 'Appeal' }, done: { zh: '提交申诉', en: 'File the appeal' },
    tone: 'plain', pictures: [], text: NOTE, unasked: true,
    choice: { name: 'figure', label: { zh: '对哪项指标的得分', en: 'Against the score of' }, options: [], figures: true },
  },
];

export const actionOf = (verb: string): Action | undefined => ACTIONS.find((one) => one.verb === verb);

/** Who reports through which channel; a role that is missing does not report. */
export const CHANNELS: Readonly<Record<string, string>> = {
  grid_worker: 'GRID_WORKER',
  handler: 'DEPARTMENT',
  resident: 'RESIDENT',
  duty_leader: 'LEADER',
  district_leader: 'LEADER',
};

/** Whoever is scored may appeal: a department for its cases, a grid for those that lie in it. */
export const APPELLANTS: Readonly<Record<string, AppealSide>> = { handler: 'DEPARTMENT', grid_worker: 'GRID' };

/** Which cases are somebody's tasks; the server narrows it to the scope or the department. */
export const TASK_STATES: Readonly<Record<string, readonly Status[]>> = {
  grid_worker: ['REPORTED', 'VERIFYING', 'CHECKING'],
  handler: ['DISPATCHED', 'IN_PROGRESS'],
  checker: ['CHECKING'],
};
