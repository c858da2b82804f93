/** Certificates from files: which are refused, and what happens when they change. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger, type GatehouseError } from '#base';
import { type CertificateAuthority, certificateAuthority, fixedClock, type IssuedPair } from '#testing';
import { type CertificateSet, openCertificates } from './certificate-set.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
const at = (name: string) => join(folder, name);
const put = (name: string, text: string) => {
  writeFileSync(at(name), text);
  return at(name);
};
/** A little after the certificates are made, whose validity begins at a whole second: never before one of them. */
const NOW = new Date(Date.now() + 60_000).toISOString();

let ca: CertificateAuthority;
let a: IssuedPair;
let b: IssuedPair;
const opened: CertificateSet[] = [];

beforeAll(() => {
  ca = certificateAuthority('test');
  a = ca.issue('/CN=a', { san: 'DNS:a.example,DNS:*.a.example,IP:127.0.0.1', days: 30 });
  b = ca.issue('/CN=b', { san: 'DNS:b.example', days: 60 });
});
afterEach(() => {
  for (const set of opened.splice(0)) set.close();
});
afterAll(() => {
  ca.close();
  rmSync(folder, { recursive: true });
});

function open(pairs: { certificate: string; key: string }[], more: { clientAuthorities?: string; now?: string } = {}) {
  const lines: string[] = [];
  const log = createLogger({ level: 'trace', destination: { write: (line: string) => void lines.push(line) } });
  const clock = fixedClock(more.now ?? NOW);
  const set = openCertificates({ certificates: pairs, clientAuthorities: more.clientAuthorities }, { clock, log });
  opened.push(set);
  return { set, clock, lines };
}

const pairOf = (name: string, pair: IssuedPair) => ({
  certificate: put(`${name}.pem`, pair.cert),
  key: put(`${name}.key`, pair.key),
});

describe('what can not be served is refused before anybody is', () => {
  const cases: [what: string, make: () => { certificate: string; key: string }, message: string, now?: string][] = [
    [
      'a file that is not there',
      () => ({ certificate: at('none.pem'), key: put('x.key', a.key) }),
      'could not be read (ENOENT)',
    ],
    ['a folder', () => ({ certificate: folder, key: put('x.key', a.key) }), 'could not be read (EISDIR)'],
    ['an empty file', () => ({ certificate: put('x.pem', ''), key: put('x.key', a.key) }), 'holds no certificate'],
    [
      'a key for a certificate',
      () => ({ certificate: put('x.pem', a.key), key: put('x.key', a.key) }),
      'holds no certificate',
    ],
    [
      'a certificate for a key',
      () => ({ certificate: put('x.pem', a.cert), key: put('x.key', a.cert) }),
      'holds no private key',
    ],
    [
      "another certificate's key",
      () => ({ certificate: put('x.pem', a.cert), key: put('x.key', b.key) }),
      'is not the key of',
    ],
    [
      'an encrypted key',
      () => ({ certificate: put('x.pem', a.cert), key: put('x.key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n') }),
      'is encrypted',
    ],
    [
      'a certificate cut short',
      () => ({
        certificate: put('x.pem', a.cert.replace(/\n[^\n]+\n-----END/, '\n-----END')),
        key: put('x.key', a.key),
      }),
      'malformed',
    ],
    [
      'a chain in the wrong order',
      () => ({ certificate: put('x.pem', a.cert + b.cert), key: put('x.key', a.key) }),
      'not issued by the next',
    ],
    [
      'a chain that is no chain',
      () => ({ certificate: put('x.pem', a.cert.repeat(11)), key: put('x.key', a.key) }),
      'more than 10',
    ],
    [
      'a large file',
      () => ({ certificate: put('x.pem', 'x'.repeat(300_000)), key: put('x.key', a.key) }),
      'larger than',
    ],
    ['one that is over', () => pairOf('x', a), 'has expired', '2100-01-01T00:00:00Z'],
    ['one that is to come', () => pairOf('x', a), 'is not valid yet', '2001-01-01T00:00:00Z'],
  ];
  test.each(cases)('%s', (_what, make, message, now) => {
    let error: GatehouseError | undefined;
    try {
      open([make()], now === undefined ? {} : { now });
    } catch (thrown) {
      error = thrown as GatehouseError;
    }
    expect(error?.code).toBe('certificate_unusable');
    expect(error?.message).toContain(message);
    expect(error?.message).not.toContain('BEGIN');
  });

  test.each([
    ['a bundle that is not there', () => at('none.pem'), 'could not be read'],
    ['an empty bundle', () => put('bundle.pem', ''), 'holds no certificate'],
    ["a bundle with somebody's own certificate", () => put('bundle.pem', ca.pem + a.cert), "no authority's"],
  ])('%s', (_what, bundle, message) => {
    expect(() => open([pairOf('x', a)], { clientAuthorities: bundle() })).toThrow(message);
  });
});

describe('which one is served', () => {
  test.each<[name: string, index: number, why?: string]>([
    ['a.example', 0],
    ['A.Example', 0],
    ['x.a.example', 0],
    ['x.y.a.example', 0, 'by default: a wildcard is one label'],
    ['b.example', 1],
    ['x.b.example', 0, 'by default'],
    ['unknown', 0, 'by default'],
  ])('%s', (name, index) => {
    const { set } = open([pairOf('a', a), pairOf('b', b)]);
    const contexts = ['a.example', 'b.example'].map((known) => set.contextFor(known));
    expect(contexts.indexOf(set.contextFor(name))).toBe(index);
  });
});

describe('files that change', () => {
  test('are taken over when they have been the same for two looks', () => {
    const { set, lines } = open([pairOf('a', a)]);
    let changes = 0;
    set.onChange(() => {
      changes += 1;
    });
    const before = set.contextFor('a.example');
    set.check();
    put('a.pem', b.cert);
    set.check();
    put('a.key', b.key);
    set.check();
    expect(changes).toBe(0);
    set.check();
    expect(changes).toBe(1);
    expect(set.contextFor('b.example')).not.toBe(before);
    expect(set.status()).toEqual([expect.objectContaining({ names: ['b.example'], problem: undefined })]);
    expect(set.failedReloads).toBe(0);
    expect(lines.join('')).toContain('were reloaded');
    expect(lines.join('')).not.toMatch(/PRIVATE|BEGIN/);
  });

  test.each<[string, () => void]>([
    ['a key that does not fit', () => void put('a.key', b.key)],
    ['half a certificate', () => void put('a.pem', a.cert.slice(0, 100))],
    ['nothing', () => rmSync(at('a.pem'))],
  ])('to %s: the old pair stays and the fault is told', (_what, spoil) => {
    const { set, lines } = open([pairOf('a', a)]);
    const names = () => set.status().map((status) => status.names);
    spoil();
    set.check();
    set.check();
    expect(set.failedReloads).toBe(1);
    expect(names()).toEqual([['a.example', '*.a.example']]);
    expect(set.status()[0]?.problem).toMatch(/a\.(pem|key)/);
    expect(lines.join('')).toContain('can not be used');
    expect(lines.join('')).not.toMatch(/PRIVATE|BEGIN/);
    set.check();
    expect(set.failedReloads).toBe(1);
    pairOf('a', b);
    set.check();
    set.check();
    expect(set.status()).toEqual([expect.objectContaining({ names: ['b.example'], problem: undefined })]);
  });

  test('a bundle that is spoilt leaves the authorities that were trusted', () => {
    const bundle = put('bundle.pem', ca.pem);
    const { set } = open([pairOf('a', a)], { clientAuthorities: bundle });
    put('bundle.pem', 'nothing');
    set.check();
    set.check();
    expect(set.failedReloads).toBe(1);
    expect(set.status().map(({ file, problem }) => [file, problem !== undefined])).toEqual([
      [at('a.pem'), false],
      [bundle, true],
    ]);
    expect(set.defaultContext().ca).toHaveLength(1);
  });

  test('expiry is warned of once a day', () => {
    const { set, lines, clock } = open([pairOf('a', a)]);
    const warnings = () => lines.filter((line) => line.includes('expires soon')).length;
    expect(warnings()).toBe(0);
    clock.advance(20 * 86_400_000);
    set.check();
    set.check();
    expect(warnings()).toBe(1);
    clock.advance(86_400_000);
    set.check();
    expect(warnings()).toBe(2);
    clock.advance(20 * 86_400_000);
    set.check();
    expect(lines.join('')).toContain('has expired');
  });
});
