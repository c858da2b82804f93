/** Work in pieces: done at once when it does not rest, and otherwise with room between the pieces. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { certificateAuthority } from '#testing';
import { atOnce, inPieces, type Pieces } from './in-pieces.ts';
import { readRevocationLists } from './read-revocation-lists.ts';

function* count(pieces: number, done: number[] = []): Pieces<number> {
  for (let piece = 1; piece <= pieces; piece += 1) {
    done.push(piece);
    yield;
  }
  return pieces;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('work in pieces', () => {
  test('without a rest is done when the call returns', () => {
    const settle = vi.fn();
    inPieces(count(0), settle);
    expect(settle.mock.calls).toEqual([[0, undefined]]);
    expect(atOnce(count(3))).toBe(3);
  });

  test('rests for a turn of the event loop after each piece', async () => {
    const done: number[] = [];
    const settle = vi.fn();
    inPieces(count(2, done), settle);
    expect([done, settle.mock.calls]).toEqual([[1], []]);
    await turn();
    expect([done, settle.mock.calls]).toEqual([[1, 2], []]);
    await turn();
    expect(settle.mock.calls).toEqual([[2, undefined]]);
  });

  test('tells what was thrown, at once and later; and nothing after it was stopped', async () => {
    const fault = new RangeError('no');
    for (const pieces of [0, 1]) {
      const settle = vi.fn();
      const failing = function* (): Pieces<never> {
        yield* count(pieces);
        throw fault;
      };
      inPieces(failing(), settle);
      await turn();
      expect(settle.mock.calls).toEqual([[undefined, fault]]);
    }
    const settle = vi.fn();
    inPieces(count(1), settle)();
    await turn();
    await turn();
    expect(settle).not.toHaveBeenCalled();
  });
});

describe('a large file of lists', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pieces-'));
  const ca = certificateAuthority('ours');
  afterAll(() => {
    ca.close();
    rmSync(folder, { recursive: true });
  });

  function piecesOf(serials: number): number {
    const path = join(folder, 'list.pem');
    writeFileSync(path, ca.revocationList({ serials }));
    const work = readRevocationLists(path, []);
    let pieces = 1;
    for (let next = work.next(); next.done !== true; next = work.next()) pieces += 1;
    return pieces;
  }

  test('is read with rests, a small one without', () => {
    expect(piecesOf(10)).toBe(1);
    // One before the list, one for each ten thousand, one before its signature and one before OpenSSL has it.
    expect(piecesOf(25_000)).toBe(6);
  });
});
