/** An older list of revoked certificates in the place of a newer: signed, not over, and without whom the newer names. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, certificateAuthority, type IssuedPair } from '#testing';
import { listsInAFile, standingsOf } from './lists-in-a-file.fixture.ts';

const { put, open: openLists, closeOpened, remove } = listsInAFile();
const USERS = { extension: 'issuingDistributionPoint=critical,onlyuser:TRUE' };
const AUTHORITIES = { extension: 'issuingDistributionPoint=critical,onlyCA:TRUE' };

let ca: CertificateAuthority;
/** The same authority after it got another key. */
let renewed: CertificateAuthority;
let other: CertificateAuthority;
let bad: IssuedPair;
let foreign: IssuedPair;

beforeAll(() => {
  ca = certificateAuthority('ours');
  renewed = certificateAuthority('ours');
  other = certificateAuthority('others');
  bad = ca.issue('/CN=bad');
  foreign = other.issue('/CN=foreign');
});
afterEach(closeOpened);
afterAll(() => {
  for (const each of [ca, renewed, other]) each.close();
  remove();
});

function open(list: string, authorities: string | undefined) {
  const opened = openLists(list, authorities);
  return {
    ...opened,
    /** The file changes to this. */
    change(text: string) {
      put('list.pem', text);
      opened.settle();
    },
    bad: () => standingsOf(opened.lists, [bad])[0],
    foreign: () => standingsOf(opened.lists, [foreign])[0],
  };
}

const OLDER = { madeHours: -5, number: 1 };
const NEWER = { madeHours: -2, number: 2 };

test('an older list is not taken for a newer, and the log and the status say whose', () => {
  const { lists, bad: ours, change, said } = open(ca.revocationList([bad], NEWER), ca.pem);
  change(ca.revocationList([], OLDER));
  expect([ours(), lists.failedReloads, said('is not taken for a newer')]).toEqual(['revoked', 1, 1]);
  expect(lists.status()[0]?.problem).toMatch(/list\.pem holds a list of CN=ours that is older than the one of \d{4}-/);
  expect(lists.pems()).toHaveLength(1);
  change(ca.revocationList([], { madeHours: -1, number: 3 }));
  expect([ours(), lists.failedReloads, lists.status()[0]?.problem]).toEqual(['good', 1, undefined]);
});

test.each<[what: string, more: object, standing: string]>([
  ['behind in number, made in the same second', { ...NEWER, number: 1 }, 'revoked'],
  ['behind in time, of the same number', { ...NEWER, madeHours: -3 }, 'revoked'],
  ['later, by an authority that has lost the count', { number: 1, madeHours: -1 }, 'good'],
  ['of a higher number, by an authority that has set its clock back', { number: 3, madeHours: -3 }, 'good'],
  ['the same once more', NEWER, 'good'],
])('%s', (_what, more, standing) => {
  const { bad: standingOfBad, change } = open(ca.revocationList([bad], { ...NEWER }), ca.pem);
  change(ca.revocationList([], more));
  expect(standingOfBad()).toBe(standing);
});

test('others in the file are taken all the same', () => {
  const {
    bad: ours,
    foreign: theirs,
    change,
  } = open(ca.revocationList([bad], NEWER) + other.revocationList([], OLDER), ca.pem + other.pem);
  change(ca.revocationList([], OLDER) + other.revocationList([foreign], NEWER));
  expect([ours(), theirs()]).toEqual(['revoked', 'revoked']);
});

test('nor after there was none for a while, when nobody of the authority was let in', () => {
  const { bad: ours, change } = open(ca.revocationList([bad], NEWER) + other.revocationList([]), ca.pem + other.pem);
  change(other.revocationList([]));
  expect(ours()).toBe('outdated');
  change(ca.revocationList([], OLDER) + other.revocationList([]));
  expect(ours()).toBe('revoked');
});

test('nor once the newer is over: nobody knows then', () => {
  const { bad: ours, lists, clock, change } = open(ca.revocationList([], { ...NEWER, dueHours: 1 }), ca.pem);
  clock.advance(2 * 3_600_000);
  change(ca.revocationList([], OLDER));
  expect([ours(), lists.failedReloads]).toEqual(['outdated', 1]);
});

test('a list for some of the certificates that is left out counts until it is over', () => {
  const users = ca.revocationList([bad], { ...NEWER, ...USERS, dueHours: 2 });
  const { bad: ours, lists, clock, change, said } = open(users + ca.revocationList([], AUTHORITIES), ca.pem);
  change(ca.revocationList([], AUTHORITIES));
  expect([ours(), lists.status()[0]?.problem, lists.pems().length]).toEqual(['revoked', undefined, 2]);
  clock.advance(3 * 3_600_000);
  lists.check();
  expect([ours(), lists.pems().length, said('is over (nextUpdate)')]).toEqual(['good', 1, 0]);
});

test('so does that of the key before, while the authority is named with both', () => {
  const { bad: ours, change } = open(renewed.revocationList([bad], NEWER), renewed.pem + ca.pem);
  change(ca.revocationList([], OLDER));
  expect(ours()).toBe('revoked');
});

test('a list that is not good yet keeps none away', () => {
  const { bad: ours, change } = open(ca.revocationList([], { madeHours: 2, number: 9 }), ca.pem);
  change(ca.revocationList([bad], OLDER));
  expect(ours()).toBe('revoked');
});

test('what nobody can verify is taken as it is: a forged one would keep the others away', () => {
  const { bad: ours, change } = open(ca.revocationList([bad], NEWER), undefined);
  change(ca.revocationList([], OLDER));
  expect(ours()).toBe('good');
});
