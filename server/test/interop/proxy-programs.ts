/** Debian's proxies, started for a test with the configurations of the guides. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

export const PROGRAMS = { nginx: '/usr/sbin/nginx', caddy: '/usr/bin/caddy', haproxy: '/usr/sbin/haproxy' };
const READY_MILLISECONDS_MAX = 15_000;

/** The first block of a guide in this language, or the one behind so many others. */
export function blockOf(guide: string, language: string, index = 0): string {
  const blocks = [...guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, 'gs'))];
  const text = blocks[index]?.[1];
  if (text === undefined) throw new Error(`the guide has no such block of ${language}`);
  return text;
}

/** Whoever starts one ends it. Resolves when it answers at this address, whatever it answers. */
export async function startProxy(path: string, args: readonly string[], url: string): Promise<ChildProcess> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  const giveUpAt = performance.now() + READY_MILLISECONDS_MAX;
  const answers = () =>
    fetch(url)
      .then(() => true)
      .catch(() => false);
  while (!(await answers())) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      child.kill();
      throw new Error(`${path} does not answer: ${said}`);
    }
    await wait(50);
  }
  return child;
}

export function nginxFile(folder: string, servers: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  return `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http { access_log off; ${temporary}
${servers}
}`;
}

export function caddyFile(folder: string, sites: string): string {
  return `{\n\tadmin off\n\tauto_https off\n\tstorage file_system ${folder}\n}\n${sites}`;
}
