/** Installs nginx, Caddy and HAProxy from Debian, for the tests beside them. As root; starts nothing that stays. */
import { spawnSync } from 'node:child_process';

if (process.getuid?.() !== 0) {
  process.stderr.write('Only root can install packages. The tests beside nginx, Caddy and HAProxy are skipped.\n');
  process.exit(1);
}
// Run level 1: the packages' own services are not started.
const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
for (const args of [
  ['update', '-qq'],
  ['install', '-y', '-qq', '--no-install-recommends', 'nginx', 'caddy', 'haproxy'],
]) {
  const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env: environment });
  if (status !== 0) process.exit(status ?? 1);
}
