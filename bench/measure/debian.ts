import { spawnSync } from 'node:child_process';

/** Debian packages by the program they bring. */
const PACKAGES: Readonly<Record<string, string>> = {
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  caddy: 'caddy',
  wrk: 'wrk',
  h2load: 'nghttp2-client',
  taskset: 'util-linux',
};

/** The programs of `names` that are here, after an attempt to install the missing ones where that is possible (as root, with apt). */
export function provide(names: readonly string[]): ReadonlySet<string> {
  const missing = names.filter((name) => !isHere(name));
  if (missing.length > 0 && process.getuid?.() === 0 && isHere('apt-get')) {
    process.stderr.write(`Installing ${missing.join(', ')} …\n`);
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
    for (const name of missing) {
      const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', PACKAGES[name] ?? name], {
        stdio: 'ignore',
        env: environment,
      });
    }
  }
  const here = new Set(names.filter(isHere));
  for (const name of names)
    if (!here.has(name))
      process.stderr.write(`${name} is not installed and can't be here: what needs it is left out.\n`);
  return here;
}

function isHere(name: string): boolean {
  return (
    spawnSync('sh', ['-c', `command -v ${name}`], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    }).status === 0
  );
}
