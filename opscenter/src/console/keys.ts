/**
 * The keys of the console, as data: one table for verbs, one for moving about.
 *
 * A stroke is written as `a`, `Shift+A`, `Ctrl+K`. Verbs that no role can have at the same
 * time may share a key. Single letters can be switched off (WCAG 2.1.4): the palette then
 * still reaches everything.
 */
export const VERB_KEYS: Readonly<Record<string, string>> = {
  reportCase: 'n',
  acceptCase: 'a',
  declineCase: 'Shift+A',
  requestVerification: 'v',
  reportVerification: 'Shift+V',
  fileCase: 'f',
  refuseFiling: 'Shift+F',
  classifyCase: 'y',
  relocateCase: 'l',
  sealContact: 'Shift+L',
  suggestDuplicate: 'Shift+M',
  mergeCase: 'm',
  unmergeCase: 'Shift+U',
  splitCase: 's',
  dispatchCase: 'd',
  redispatchCase: 'Shift+D',
  acknowledgeCase: 'q',
  returnCase: 'r',
  upholdReturn: 'Shift+R',
  refuseReturn: 'Shift+Q',
  openJointHandling: 'Shift+J',
  addAssist: 'Shift+W',
  noteProgress: 't',
  attachEvidence: 'Shift+T',
  reportAssistDone: 'Shift+I',
  requestExtension: 'i',
  grantExtension: 'g',
  refuseExtension: 'Shift+G',
  suspendCase: 'z',
  resumeCase: 'Shift+Z',
  escalateCase: 'e',
  returnCaseDown: 'Shift+E',
  urgeCase: 'u',
  expediteCase: 'w',
  orderSupervision: 'o',
  replySupervision: 'Shift+O',
  handleCase: 'h',
  selfHandleCase: 'Shift+H',
  requestCheck: 'c',
  passCheck: 'p',
  failCheck: 'Shift+P',
  closeCase: 'Shift+C',
  forceCloseCase: 'Shift+K',
  sendFollowUp: 'b',
  giveFeedback: 'Shift+B',
  reopenCase: 'Shift+N',
  cancelCase: 'Shift+S',
  fileAppeal: 'Shift+Y',
  decideAppeal: 'Shift+X',
};

export const MOVES = {
  next: 'j',
  previous: 'k',
  select: 'x',
  selectLike: '*',
  search: '/',
  claim: '.',
  why: ',',
  onWall: '#',
  zoom: '=',
  alarms: '!',
  time: '@',
  print: 'Ctrl+P',
  outcomes: ';',
  undo: 'Ctrl+Z',
  palette: 'Ctrl+K',
  help: '?',
} as const;
export type Move = keyof typeof MOVES;

const BY_MOVE = new Map(Object.entries(MOVES).map(([move, stroke]) => [stroke as string, move as Move]));

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** How a key press is written in the tables. */
export function strokeOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  if (altKey) return `Alt+${key}`;
  if (ctrlKey || metaKey) return `Ctrl+${key.toUpperCase()}`;
  const letter = /^[a-z]$/i.test(key);
  if (letter) return shiftKey ? `Shift+${key.toUpperCase()}` : key.toLowerCase();
  return key;
}

export const moveOf = (stroke: string): Move | null => BY_MOVE.get(stroke) ?? null;

/** The verb of a stroke among those that may be tried now. */
export const verbOf = (stroke: string, allowed: readonly string[]): string | null =>
  allowed.find((name) => VERB_KEYS[name] === stroke) ?? null;

/** Whether a stroke is a single character, which can be switched off. */
export const isSingle = (stroke: string): boolean => !stroke.startsWith('Ctrl+') && stroke !== '?';

/** Whether the keys now belong to a field that is being typed in. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
