/**
 * A unit's name in ever shorter forms that people still know it by: the whole first.
 *
 * Official names carry what a table has no room for: the office behind the name in brackets,
 * and the word for its kind. What is left out stands on the console.
 */

const BRACKETS = /\s*[（(].*[)）]/;
const KIND = /( Department| Bureau| Federation|局|中心)$/;
const AND = / and /g;

/** The forms to try, longest first, none twice; a form is never a single character. */
export function unitForms(name: string): string[] {
  const bare = name.replace(BRACKETS, '') || name;
  const joined = bare.replace(AND, ' & ');
  const kindless = joined.replace(KIND, '').replace(/['’]s?$/, '');
  const forms = [name, bare, joined, kindless, kindless.replace(/ & .*/, '')];
  return [...new Set(forms)].filter((form) => [...form].length > 1);
}
