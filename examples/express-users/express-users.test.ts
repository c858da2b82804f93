import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningExample, startExample } from '../../server/test/running-example.ts';

let example: RunningExample;
/** What the lines print that the example tells its user to paste, answer by answer. */
let answers: string[];
beforeAll(async () => {
  example = await startExample('express-users');
  const lines = example.welcome.split('\n').filter((line) => line.startsWith('  '));
  const { stdout } = await promisify(execFile)('bash', ['-c', lines.join('\n')]);
  answers = stdout.split(/(?=HTTP\/1\.1 )/);
});
afterAll(() => example?.stop());

test('the printed lines do what they say', () => {
  const statuses = answers.map((answer) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]));
  expect(statuses).toEqual([401, 200, 403, 201, 204]);
});

test('a refusal says what to do', () => {
  expect(answers[0]).toMatch(/^www-authenticate: Bearer/im);
  expect(answers[2]).toMatch(/^www-authenticate: Bearer.*error="insufficient_scope".*scope="users:write"/im);
  expect(answers[1]).toContain('Ada Lovelace');
});

test.each([
  ['GET', '/users/1', 401],
  ['GET', '/users/1?access_token=x', 401],
  ['POST', '/users', 401],
  ['PUT', '/users/1', 401],
  ['DELETE', '/USERS/1', 401],
  ['DELETE', '//users/1', 404],
  ['GET', '/users%2f1', 404],
])('%s %s without a token: %i', async (method, path, status) => {
  const response = await fetch(`http://localhost:${example.port}${path}`, { method });
  expect(response.status).toBe(status);
  expect(await response.text()).not.toContain('@example.com');
});
