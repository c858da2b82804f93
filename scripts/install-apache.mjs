/** Installs Apache and mod_auth_openidc from Debian, for the test that signs in through them. As root; starts nothing. */
import { spawnSync } from 'node:child_process';

if (process.getuid?.() !== 0) {
  process.stderr.write('Only root can install packages. The test of mod_auth_openidc is skipped without them.\n');
  process.exit(1);
}
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
for (const args of [
  ['update', '-qq'],
  ['install', '-y', '-qq', '--no-install-recommends', 'apache2', 'libapache2-mod-auth-openidc'],
]) {
  const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env: environment });
  if (status !== 0) process.exit(status ?? 1);
}
