/** Lists of revoked certificates from a file: which are refused, what they say, and what happens when they change. */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GatehouseError } from '#base';
import { type CertificateAuthority, certificateAuthority, type IssuedPair } from '#testing';
import { openCertificates } from './certificate-set.ts';
import { derOf, listsInAFile, standingsOf } from './lists-in-a-file.fixture.ts';
import { openRevocationLists, type RevocationLists } from './revocation-lists.ts';

const HOUR_MILLISECONDS = 3_600_000;
const { at, put, open, deps, toClose, closeOpened, remove } = listsInAFile();

let ca: CertificateAuthority;
let other: CertificateAuthority;
let between: CertificateAuthority;
let good: IssuedPair;
let bad: IssuedPair;
let foreign: IssuedPair;

beforeAll(() => {
  ca = certificateAuthority('ours');
  other = certificateAuthority('others');
  between = ca.subordinate('between');
  good = ca.issue('/CN=good');
  bad = ca.issue('/CN=bad');
  foreign = other.issue('/CN=foreign');
});
afterEach(closeOpened);
afterAll(() => {
  ca.close();
  other.close();
  remove();
});

const standings = (lists: RevocationLists) => standingsOf(lists, [good, bad, foreign]);

describe('what they say', () => {
  test('of one authority, and of several in one file, with text between them', () => {
    const ours = ca.revocationList([bad]);
    expect(standings(open(ours).lists)).toEqual(['good', 'revoked', 'unlisted']);
    const both = `Ours:\n${ours}\nTheirs:\n${other.revocationList([foreign])}`;
    expect(standings(open(both).lists)).toEqual(['good', 'revoked', 'revoked']);
    expect(open(both).lists.pems()).toHaveLength(2);
  });

  test('an empty list is a list; what another authority revoked by the same number is not revoked', () => {
    expect(standings(open(ca.revocationList([])).lists)).toEqual(['good', 'good', 'unlisted']);
    const both = ca.revocationList([]) + other.revocationList([bad]);
    expect(standings(open(both).lists)).toEqual(['good', 'good', 'good']);
  });

  test('nothing of a list that is over or to come, except who is in it', () => {
    expect(standings(open(ca.revocationList([bad], { madeHours: -3, dueHours: -1 })).lists)).toEqual([
      'outdated',
      'revoked',
      'unlisted',
    ]);
    expect(standings(open(ca.revocationList([], { madeHours: 1, dueHours: 3 })).lists)[0]).toBe('outdated');
  });

  test('what is no certificate is accepted as none', () => {
    const { lists } = open(ca.revocationList([]));
    for (const bytes of ['', '\x30\x82', '\x30\x80\x00\x00', 'hello, world']) {
      expect(lists.standingOfDer(Buffer.from(bytes, 'latin1'))).toBe('revoked');
    }
    for (let length = 0; length < 60; length += 1) {
      expect(lists.standingOfDer(derOf(good).subarray(0, length))).toBe('revoked');
    }
  });
});

describe('a file that can not be used is refused at the start', () => {
  const cut = (pem: string) => pem.replace(/\n[^\n]+\n-----END/, '\n-----END');
  test.each<[what: string, text: () => string, message: string]>([
    ['empty', () => '', 'holds no list'],
    ['a certificate', () => ca.pem, 'holds no list'],
    ['a certificate besides', () => ca.revocationList([]) + ca.pem, 'something else than whole lists'],
    ['two, the second cut off', () => ca.revocationList([]) + other.revocationList([]).slice(0, 200), 'whole lists'],
    ['the end of one missing', () => cut(ca.revocationList([bad])), 'malformed'],
    ['something else in PEM', () => ca.pem.replaceAll('CERTIFICATE', 'X509 CRL'), 'malformed'],
    ['too many', () => ca.revocationList([]).repeat(101), 'more than 100'],
    ['too large', () => 'x'.repeat(8 * 1024 * 1024 + 1), 'larger than'],
    ['only changes', () => ca.revocationList([], { extension: '2.5.29.27=critical,ASN1:INTEGER:1' }), 'delta CRL'],
    [
      'certificates of other issuers too',
      () => ca.revocationList([], { extension: 'issuingDistributionPoint=critical,indirectCRL:TRUE' }),
      'other issuers',
    ],
  ])('%s', (_what, text, message) => {
    let error: GatehouseError | undefined;
    try {
      open(text());
    } catch (thrown) {
      error = thrown as GatehouseError;
    }
    expect(error?.code).toBe('certificate_unusable');
    expect(error?.message).toContain(message);
    expect(error?.message).toContain('list.pem');
  });

  test('not there', () => {
    expect(() => openRevocationLists(at('none.pem'), deps())).toThrow('could not be read (ENOENT)');
  });

  test('one for a part of the certificates is a list', () => {
    const text = ca.revocationList([bad], { extension: 'issuingDistributionPoint=critical,onlyuser:TRUE' });
    expect(standings(open(text).lists)).toEqual(['good', 'revoked', 'unlisted']);
  });
});

describe('a file that changes', () => {
  test('counts once it has been the same for two looks', () => {
    const { lists, changes, said } = open(ca.revocationList([]));
    put('list.pem', ca.revocationList([bad]));
    lists.check();
    expect([standings(lists)[1], changes()]).toEqual(['good', 0]);
    lists.check();
    expect([standings(lists)[1], changes(), said('was reloaded')]).toEqual(['revoked', 1, 1]);
  });

  test.each<[string, () => void]>([
    ['half of it', () => void put('list.pem', ca.revocationList([]).slice(0, 100))],
    ['nothing', () => rmSync(at('list.pem'))],
  ])('to %s: the one before counts on, and the fault is told', (_what, spoil) => {
    const { lists, settle, changes, said } = open(ca.revocationList([bad]));
    spoil();
    settle();
    settle();
    expect(standings(lists)).toEqual(['good', 'revoked', 'unlisted']);
    expect([lists.failedReloads, changes(), said('the one before still counts')]).toEqual([1, 0, 1]);
    expect(lists.status()).toEqual([expect.objectContaining({ file: at('list.pem'), served: false })]);
    expect(lists.status()[0]?.problem).toContain('list.pem');
    put('list.pem', ca.revocationList([good]));
    settle();
    expect(standings(lists)).toEqual(['revoked', 'good', 'unlisted']);
    expect(lists.status()[0]?.problem).toBeUndefined();
  });

  test('a list that runs out is told of beforehand, and when it is over', () => {
    const { lists, clock, changes, said, settle } = open(ca.revocationList([], { madeHours: 0, dueHours: 20 }));
    clock.advance(17 * HOUR_MILLISECONDS);
    settle();
    expect(said('is over soon')).toBe(0);
    clock.advance(1.5 * HOUR_MILLISECONDS);
    settle();
    expect([said('is over soon'), standings(lists)[0], changes()]).toEqual([1, 'good', 0]);
    clock.advance(2 * HOUR_MILLISECONDS);
    settle();
    expect([said('is over (nextUpdate)'), standings(lists)[0], changes()]).toEqual([1, 'outdated', 1]);
    put('list.pem', ca.revocationList([], { dueHours: 40 }));
    settle();
    expect([said('is over (nextUpdate)'), standings(lists)[0]]).toEqual([1, 'good']);
  });
});

describe('beside the authorities of a listener', () => {
  function listener(bundle: string, list: string) {
    const { clock, log, said } = deps();
    const clientAuthorities = put('bundle.pem', bundle);
    const revocations = openRevocationLists(put('list.pem', list), { clock, log }, clientAuthorities);
    const certificates = [{ certificate: put('a.pem', good.cert), key: put('a.key', good.key) }];
    const set = openCertificates({ certificates, clientAuthorities, revocations }, { clock, log });
    toClose(revocations, set);
    return { set, revocations, said };
  }

  test('an authority without a list is told of', () => {
    const { set, said, revocations } = listener(ca.pem + other.pem, ca.revocationList([]));
    expect(said('has no list of revoked certificates')).toBe(1);
    put('list.pem', ca.revocationList([]) + other.revocationList([]));
    revocations.check();
    revocations.check();
    expect(said('has no list of revoked certificates')).toBe(1);
    expect(set.defaultContext().crl).toHaveLength(2);
  });

  test('one whose issuer is not in the bundle is refused: there would be nobody to verify its list by', () => {
    const lists = ca.revocationList([]) + between.revocationList([]);
    expect(() => listener(between.pem, lists)).toThrow('lacks the authority that issued CN=between');
    expect(listener(between.pem + ca.pem, lists).said('has no list')).toBe(0);
  });
});
