import { expect, test } from 'vitest';
import { unitForms } from './units';

test('an official name gets shorter by what people leave out of it', () => {
  expect(unitForms('大数据局（12345热线）')).toEqual(['大数据局（12345热线）', '大数据局', '大数据']);
  expect(unitForms('Housing and Construction')).toEqual(['Housing and Construction', 'Housing & Construction', 'Housing']);
  expect(unitForms("Disabled Persons' Federation")).toEqual(["Disabled Persons' Federation", 'Disabled Persons']);
  expect(unitForms('Public Works Department')).toEqual(['Public Works Department', 'Public Works']);
  expect(unitForms('Police')).toEqual(['Police']);
});

test('what would leave nothing stays whole', () => {
  expect(unitForms('（筹备组）')).toEqual(['（筹备组）']);
  expect(unitForms('')).toEqual([]);
});
