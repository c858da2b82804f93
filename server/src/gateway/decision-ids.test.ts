import { expect, test } from 'vitest';
import { isId, newId, systemRandom } from '#base';
import { fixedClock } from '#testing';
import { decisionIdOf, decisionLines } from './decision-ids.ts';

/** Version and variant of the UUID inside an id (RFC 9562 §4). */
function uuidBits(id: string): { version: bigint; variant: bigint; time: bigint } {
  let value = 0n;
  for (const character of id.slice(4))
    value = value * 32n + BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(character));
  return { version: (value >> 76n) & 15n, variant: (value >> 62n) & 3n, time: value >> 80n };
}

test('decision ids are UUIDv7 in the form of all ids, unique, sorted by time', () => {
  const clock = fixedClock();
  const nextLine = decisionLines({ clock, random: systemRandom });
  const next = () => decisionIdOf(nextLine());
  const ids = new Set<string>();
  for (let index = 0; index < 5000; index += 1) {
    const id = next();
    ids.add(id);
    expect(isId('decision', id)).toBe(true);
    expect(uuidBits(id)).toEqual({ version: 7n, variant: 2n, time: BigInt(clock.now()) });
  }
  expect(ids.size).toBe(5000);
  const earlier = [...ids].sort().at(-1) ?? '';
  clock.advance(1);
  expect(next() > earlier).toBe(true);
  expect(uuidBits(newId('decision', { clock, random: systemRandom }))).toMatchObject({ version: 7n, variant: 2n });
});
