/** Case numbers as people read them aloud, and as they type them. */

/** The groups of a case number: area, day, and which of that day; what is none is one group. */
export const groupsOf = (number: string): string[] => /^(\d{6})(20\d{6})(\d{5,})$/.exec(number)?.slice(1) ?? [number];

/** A number without the gaps that it may have been typed with; other text stays as it is. */
export const ungrouped = (text: string): string => (/^[\d\s]+$/.test(text) ? text.replace(/\s/g, '') : text);
