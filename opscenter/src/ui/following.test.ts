import { expect, test } from 'vitest';
import { Following } from './following';
import { Refusal, Unreachable } from './graphql';

/** Questions whose answers the test gives, one by one. */
class Desk {
  readonly asked: number[] = [];
  readonly told: boolean[] = [];
  #answers: { give: () => void; fail: (problem: unknown) => void }[] = [];
  readonly following = new Following<number>(
    (wanted) => {
      this.asked.push(wanted);
      return new Promise((give, fail) => this.#answers.push({ give, fail }));
    },
    (failed) => this.told.push(failed),
    () => Promise.resolve(),
  );

  async answer(problem?: unknown): Promise<void> {
    const one = this.#answers.shift();
    if (problem === undefined) one?.give();
    else one?.fail(problem);
    await new Promise((resolve) => setTimeout(resolve)); // what follows from it has been done
  }
}

test('of what is wanted while an answer is awaited, only the latest is asked', async () => {
  const desk = new Desk();
  for (const wanted of [1, 2, 3, 4]) desk.following.want(wanted);
  expect(desk.asked).toEqual([1]);
  await desk.answer();
  expect(desk.asked).toEqual([1, 4]);
  await desk.answer();
  expect([desk.asked, desk.told]).toEqual([[1, 4], [false, false]]);
  desk.following.want(5);
  expect(desk.asked).toEqual([1, 4, 5]);
});

test('what failed in passing is asked again, unless something newer is wanted', async () => {
  const desk = new Desk();
  desk.following.want(1);
  await desk.answer(new Unreachable('no network'));
  expect([desk.asked, desk.told]).toEqual([[1, 1], [true]]);
  desk.following.want(2);
  await desk.answer(new Refusal('THROTTLED', 'too much', null));
  expect(desk.asked).toEqual([1, 1, 2]);
});

test('what was refused is not asked again, and nothing is once its view is gone', async () => {
  const desk = new Desk();
  desk.following.want(1);
  await desk.answer(new Refusal('FORBIDDEN', 'not yours', null));
  expect([desk.asked, desk.told]).toEqual([[1], [true]]);
  desk.following.want(2);
  desk.following.stop();
  await desk.answer(new Unreachable('no network'));
  expect([desk.asked, desk.told]).toEqual([[1, 2], [true]]);
});
