import { expect, test } from 'vitest';
import { standing } from './standing.js';

const FEED = 'subscription Feed { caseFeed { __typename } }';

test('right after a change of tabs the operation in the editor is asked, not the one before', () => {
  const [asked, { documentAST }] = standing({ query: FEED, operationName: 'Board', variables: '{}' }, { documentAST: 'of the tab before' });
  expect(asked).toEqual({ query: FEED, operationName: 'Feed', variables: '{}' });
  expect(documentAST.definitions[0].operation).toBe('subscription');
});

test('of several operations the one that is chosen is asked, one without a name without', () => {
  const two = `query One { __typename } ${FEED}`;
  expect(standing({ query: two, operationName: 'Feed' })[0].operationName).toBe('Feed');
  expect(standing({ query: two })[0].operationName).toBe('One');
  expect(standing({ query: '{ __typename }', operationName: 'Board' })[0].operationName).toBeUndefined();
});

test('what cannot be read goes to the server as it is', () => {
  const [asked, options] = [{ query: 'query {', operationName: 'Board' }, { headers: {} }];
  expect(standing(asked, options)).toEqual([asked, options]);
});
