// What is asked is what stands in the editor. For a moment after a change of tabs GraphiQL still
// names the operation of the tab before, and has its document; the server would refuse the name.
import { parse } from 'graphql';

/** What was asked, and the options beside it, with the operation and the document of its own text. */
export function standing(asked, options) {
  let documentAST;
  try {
    documentAST = parse(asked.query);
  } catch {
    return [asked, options]; // what cannot be read the server says, better than we would
  }
  const names = documentAST.definitions.flatMap(({ kind, name }) => (kind === 'OperationDefinition' && name ? [name.value] : []));
  const operationName = names.includes(asked.operationName) ? asked.operationName : names[0];
  return [{ ...asked, operationName }, { ...options, documentAST }];
}
