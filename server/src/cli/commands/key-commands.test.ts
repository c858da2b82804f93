import { describe, expect, test } from 'vitest';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();
/** Of the shape of one, and of nobody. */
const KEY = `gh_live_${'A'.repeat(29)}wxyz`;
const SHOWN = 'gh_live_AAAA…wxyz';

const key = {
  id: 'key_1',
  name: 'demo',
  environment: 'live',
  scopes: ['a:read', 'b:read', 'c:read', 'd:read', 'e:read'],
  roles: ['administrator'],
  display: SHOWN,
  createdAt: 0,
};

describe('a key in the place of its id', () => {
  test.each([
    ['show'],
    ['update', '--name', 'x'],
    ['rotate'],
    ['revoke'],
    ['usage'],
    ['quarantine', '--reason', 'x'],
    ['release', '--reason', 'x'],
  ])('keys %s sends it nowhere, and says what to do', async (command, ...more) => {
    const { exitCode, notes } = await wire.run(['keys', command, KEY, ...more]);
    expect(exitCode).toBe(2);
    expect(wire.asked).toEqual([]);
    expect(notes).toContain(`gatehouse keys list --search '${SHOWN}'`);
    expect(notes).not.toContain(KEY);
  });
});

describe('keys report', () => {
  const counts = {
    calls: 3,
    clientErrors: 0,
    serverErrors: 0,
    refused: 0,
    denied: 0,
    limited: 0,
    bytesIn: 0,
    bytesOut: 9,
  };
  const item = { ...counts, keyId: 'key_1', durationMicrosP50: 1000, durationMicrosP95: 2000 };
  const answer = (key: object | null) => ({
    'GET /api/v1/key-usage': { body: { from: 0, to: 0, complete: true, items: [{ ...item, key }], nextCursor: null } },
  });
  const acme = { name: '=shop, "north"', environment: 'live', organizationId: 'org_1', plan: 'gold' };

  test('--csv says after the numbers whose key it was, and no spreadsheet takes a name for a formula', async () => {
    wire.answers = answer(acme);
    expect((await wire.run(['keys', 'report', '--csv'])).out.split('\n')).toEqual([
      'keyId,calls,clientErrors,serverErrors,refused,denied,limited,bytesIn,bytesOut,name,environment,organizationId,ownerId,plan',
      'key_1,3,0,0,0,0,0,0,9,"\'=shop, ""north""",live,org_1,,gold',
    ]);
  });

  test('a key that is gone is its id alone', async () => {
    wire.answers = answer(null);
    expect((await wire.run(['keys', 'report', '--csv'])).out.split('\n')[1]).toBe('key_1,3,0,0,0,0,0,0,9,,,,,');
    expect((await wire.run(['keys', 'report'])).out).toContain('key_1');
  });
});

describe('keys list', () => {
  test('asks for what is searched, and shortens a key in it', async () => {
    wire.answers = { 'GET /api/v1/keys': { body: { items: [], nextCursor: null } } };
    const { notes } = await wire.run([
      'keys',
      'list',
      '--search',
      `shop ${KEY}`,
      '--state',
      'rotated',
      '--plan',
      'gold',
    ]);
    expect(notes).toBe('No key is like that.');
    const query = new URL(wire.asked[0]?.url ?? '', wire.url).searchParams;
    expect(query.get('search')).toBe(`shop ${SHOWN}`);
    expect(query.get('state')).toBe('rotated');
    expect(query.get('plan')).toBe('gold');
  });

  test('shows the roles, and the first few scopes of many', async () => {
    wire.answers = { 'GET /api/v1/keys': { body: { items: [key], nextCursor: null } } };
    const { out } = await wire.run(['keys', 'list']);
    expect(out).toMatch(/a:read,? b:read,? c:read \+2\s+administrator/);
    expect(out).not.toContain('d:read');
  });
});
