/** Installs Valkey or else Redis from Debian, for the tests of shared limits. As root; starts nothing that stays. */
import { spawnSync } from 'node:child_process';

if (process.getuid?.() !== 0) {
  process.stderr.write('Only root can install packages. The tests of shared limits are skipped without them.\n');
  process.exit(1);
}
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
const apt = (...args) => spawnSync('apt-get', args, { stdio: 'inherit', env: environment }).status ?? 1;

const updated = apt('update', '-qq');
if (updated !== 0) process.exit(updated);
// Debian 13 has both, Debian 12 only Redis. Either does.
const install = ['install', '-y', '-qq', '--no-install-recommends'];
process.exit(apt(...install, 'valkey-server') === 0 ? 0 : apt(...install, 'redis-server'));
