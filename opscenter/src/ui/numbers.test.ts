import { expect, test } from 'vitest';
import { groupsOf, ungrouped } from './numbers';

test('a case number is read in groups, and understood in groups', () => {
  expect(groupsOf('3716022026113000375')).toEqual(['371602', '20261130', '00375']);
  expect(groupsOf('900000000003')).toEqual(['900000000003']);
  expect(groupsOf('371602001001001')).toEqual(['371602001001001']);
  expect(ungrouped('371602 20261130 00375')).toBe('3716022026113000375');
  expect(ungrouped('东风 路')).toBe('东风 路');
});
