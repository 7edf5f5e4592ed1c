/** What can be done from the keyboard: one list for the palette, the help and the keys. */
export interface Action {
  id: string;
  title: string;
  /** Also found by these words: the other language, the command's name. */
  also: string;
  group: string;
  stroke: string | null;
  run: () => void;
}

/** What most people do next comes first; the rest is one key away. */
export const LEADING: readonly string[] = [
  'acceptCase', 'fileCase', 'dispatchCase', 'acknowledgeCase', 'handleCase', 'requestCheck',
  'passCheck', 'failCheck', 'closeCase', 'upholdReturn', 'refuseReturn', 'grantExtension',
  'refuseExtension', 'reportVerification', 'declineCase', 'requestVerification', 'resumeCase',
  'sendFollowUp', 'giveFeedback', 'unmergeCase', 'urgeCase', 'redispatchCase', 'escalateCase',
];
