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
