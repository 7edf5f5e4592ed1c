import { expect, test } from 'vitest';
import { worstOf } from './worst';

const place = (code: string, nameEn: string, overdue: number) => ({
  code, scope: `1.${code}.`, name: `${code}街道`, nameEn: `${nameEn} Subdistrict`, open: 9, overdue,
});

test('the one place with most overdue is named with its number', () => {
  const places = [place('市西', 'Shixi', 2), place('北镇', 'Beizhen', 4)];
  expect(worstOf(places, 'zh')).toEqual({ code: '北镇', heading: ['最多'], forms: ['北镇 4', '北镇'] });
  expect(worstOf(places, 'en')?.forms[0]).toBe('Beizhen 4');
});

test('one of several equals is not named as if it were alone', () => {
  const places = [place('市西', 'Shixi', 1), place('北镇', 'Beizhen', 1), place('青田', 'Qingtian', 0), place('市中', 'Shizhong', 1)];
  expect(worstOf(places, 'zh')).toMatchObject({ heading: ['最多 各1', '各1'], forms: ['市西等3个'] });
  expect(worstOf(places, 'en')?.forms.slice(0, 3)).toEqual(['Shixi and 2 more', 'Shixi, 2 more', 'Shixi +2']);
});

test('where nothing is overdue no place is the worst', () => {
  expect([worstOf([place('市西', 'Shixi', 0)], 'zh'), worstOf([], 'en')]).toEqual([null, null]);
});
