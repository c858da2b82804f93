/** What tests share. Never imported by the program: the tidy test holds that. */
export { type FixedClock, fixedClock } from './fixed-clock.ts';
export { seededRandom } from './seeded-random.ts';
