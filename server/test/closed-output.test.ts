import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from './source-tree.ts';

test('a command whose output nobody reads any more ends without a word, as others do in a pipe', async () => {
  const command = spawn(process.execPath, [join(repositoryRoot, 'server/bin/gatehouse.mjs'), '--help']);
  // As `head` does once it has enough.
  command.stdout.destroy();
  let said = '';
  command.stderr.on('data', (chunk) => {
    said += chunk;
  });
  expect([...(await once(command, 'close')), said]).toEqual([141, null, '']);
});
