/**
 * The feed's word for each step of the loop, and its mark.
 *
 * Marks are shapes, so that the kind of step survives greyscale: `new` enters the loop,
 * `move` passes it on, `done` ends it, `alarm` wants someone's attention.
 */
export type Mark = 'new' | 'move' | 'done' | 'alarm';

export const SHAPES: Readonly<Record<Mark, string>> = { new: '●', move: '→', done: '✓', alarm: '▲' };

export interface Verb {
  zh: string;
  en: string;
  mark: Mark;
}

const verb = (zh: string, en: string, mark: Mark = 'move'): Verb => ({ zh, en, mark });

export const VERBS: Readonly<Record<string, Verb>> = {
  'case.reported': verb('上报', 'Reported', 'new'),
  'case.self_handled': verb('自行处置', 'Self-done', 'done'),
  'case.verification_requested': verb('下发核实', 'To verify'),
  'case.verified': verb('核实', 'Verified'),
  'case.accepted': verb('受理', 'Accepted'),
  'case.declined': verb('不予受理', 'Declined', 'done'),
  'case.filed': verb('立案', 'Filed'),
  'case.filing_refused': verb('不予立案', 'Not filed', 'done'),
  'case.classified': verb('改类', 'Recoded'),
  'case.relocated': verb('更正位置', 'Relocated'),
  'case.contact_sealed': verb('联系方式', 'Contact'),
  'case.duplicate_suggested': verb('疑似重复', 'Duplicate?'),
  'case.merged': verb('合并', 'Merged', 'done'),
  'case.absorbed': verb('并入', 'Absorbed'),
  'case.unmerged': verb('撤销合并', 'Unmerged'),
  'case.released': verb('解除并入', 'Released'),
  'case.split': verb('拆分', 'Split'),
  'case.split_off': verb('拆出', 'Split off', 'new'),
  'case.dispatched': verb('派遣', 'Dispatched'),
  'case.redispatched': verb('改派', 'Rerouted'),
  'case.acknowledged': verb('签收', 'Received'),
  'case.returned': verb('退单', 'Returned'),
  'case.return_upheld': verb('准予退单', 'Return OK'),
  'case.return_refused': verb('不准退单', 'Kept'),
  'case.joint_handling_opened': verb('会办', 'Joint'),
  'case.assist_added': verb('加派协办', 'Assist +'),
  'case.progress_noted': verb('反馈', 'Progress'),
  'case.evidence_attached': verb('附件', 'Evidence'),
  'case.assist_done': verb('协办完成', 'Assisted'),
  'case.extension_requested': verb('申请延期', 'Extend?'),
  'case.extension_granted': verb('准予延期', 'Extended'),
  'case.extension_refused': verb('不准延期', 'No extend'),
  'case.suspended': verb('挂账', 'Suspended'),
  'case.resumed': verb('恢复', 'Resumed'),
  'case.escalated': verb('升级', 'Escalated', 'alarm'),
  'case.returned_down': verb('下沉', 'Sent down'),
  'case.urged': verb('催办', 'Urged'),
  'case.expedited': verb('加急', 'Expedited', 'alarm'),
  'case.supervision_ordered': verb('督办', 'Supervised', 'alarm'),
  'case.supervision_replied': verb('督办回复', 'Replied'),
  'case.deadline_warned': verb('预警', 'Due soon'),
  'case.deadline_passed': verb('超期', 'Overdue', 'alarm'),
  'case.handled': verb('处置', 'Handled'),
  'case.check_requested': verb('下发核查', 'To check'),
  'case.check_passed': verb('核查通过', 'Passed'),
  'case.check_failed': verb('核查不过', 'Failed'),
  'case.rework_ordered': verb('返工', 'Rework'),
  'case.closed': verb('结案', 'Closed', 'done'),
  'case.force_closed': verb('强制结案', 'Forced', 'done'),
  'case.follow_up_sent': verb('回访', 'Follow-up'),
  'case.feedback_received': verb('评价', 'Rated'),
  'case.reopened': verb('重开', 'Reopened', 'new'),
  'case.cancelled': verb('作废', 'Cancelled', 'done'),
  'case.appeal_filed': verb('申诉', 'Appealed'),
  'case.appeal_decided': verb('申诉裁定', 'Ruled'),
  'case.target_stated': verb('时限', 'Target'),
  'case.status_stated': verb('状态', 'Status'),
  'case.note_stated': verb('备注', 'Note'),
  'case.flagged': verb('存疑', 'Flagged'),
  'case.corrected': verb('更正', 'Corrected'),
};

/** The verb of a topic; one that this build doesn't know shows its own last word. */
export function verbOf(topic: string): Verb {
  const word = topic.split('.').at(-1)?.replaceAll('_', ' ') ?? topic;
  return VERBS[topic] ?? { zh: word, en: word, mark: 'move' };
}
