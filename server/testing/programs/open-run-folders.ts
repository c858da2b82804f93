/** Opens the folders of a run of the tests, starts a program on one of them, says where they are, and waits to be ended. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { openRunFolders } from '../run-folders.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const { remove } = await openRunFolders();
const folder = await temporaryFolder();
// Whoever reads its command line finds the folder, as with a program's data.
const started = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', `${folder}/data`], {
  stdio: 'ignore',
});
process.once('message', async () => {
  started.kill();
  await remove();
  process.disconnect?.();
});
process.send?.({ folder, disk: tmpdir(), started: started.pid });
