/**
 * Apache with Debian's mod_auth_openidc in front of a page, unmodified: sign-in with PKCE, and who it is in the headers.
 * `node scripts/install-apache.mjs` installs both, as root; without them this is skipped, and says so.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, signInByHttp, temporaryFolder } from '#testing';
import { type InteropWorld, openInteropWorld } from './interop-world.ts';

const APACHE = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const installed = existsSync(APACHE) && existsSync(`${MODULES}/mod_auth_openidc.so`);
if (!installed) console.warn('SKIPPED: mod_auth_openidc, because Apache and the module are not installed');

const READY_MILLISECONDS_MAX = 10_000;

interface Settings {
  folder: string;
  port: number;
  issuer: string;
  secret: string;
}

/** The directives of the module's own documentation; Apache's own, as few as it runs with. */
function configuration({ folder, port, issuer, secret }: Settings): string {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'mime', 'alias', 'headers', 'include'];
  return `ServerName localhost
ServerRoot "${folder}"
Listen 127.0.0.1:${port}
PidFile "${folder}/pid"
ErrorLog "${folder}/error.log"
${process.getuid?.() === 0 ? 'User nobody\nGroup nogroup' : ''}
${[...modules, 'filter', 'auth_openidc'].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
TypesConfig /etc/mime.types
DocumentRoot "${folder}/pages"
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret ${secret}
OIDCRedirectURI http://localhost:${port}/private/callback
OIDCCryptoPassphrase a-long-and-random-text-for-the-session
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCRemoteUserClaim email
<Directory "${folder}/pages">
  Options +Includes
  AddType text/html .html
  AddOutputFilter INCLUDES .html
</Directory>
<Location /private>
  AuthType openid-connect
  Require valid-user
</Location>
`;
}

describe.skipIf(!installed)('mod_auth_openidc', { timeout: 60_000 }, () => {
  let world: InteropWorld;
  let apache: ChildProcess;
  let folder: string;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    world = await openInteropWorld([{ name: 'apache', redirectUri: `http://localhost:${port}/private/callback` }]);
    folder = await temporaryFolder();
    mkdirSync(join(folder, 'pages/private'), { recursive: true });
    const page = 'user=<!--#echo var="REMOTE_USER" --> name=<!--#echo var="OIDC_CLAIM_name" -->';
    writeFileSync(join(folder, 'pages/private/index.html'), page);
    const { issuer } = world.program;
    const file = join(folder, 'apache.conf');
    writeFileSync(file, configuration({ folder, port, issuer, secret: await world.secretOf('apache') }));
    apache = spawn(APACHE, ['-f', file, '-X'], { stdio: 'ignore' });
    await untilAnswers(`http://localhost:${port}/`);
  }, 60_000);
  afterAll(async () => {
    if (apache?.exitCode === null && apache.kill()) await once(apache, 'exit');
    await world?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function untilAnswers(url: string): Promise<void> {
    const giveUpAt = performance.now() + READY_MILLISECONDS_MAX;
    while (
      !(await fetch(url)
        .then(() => true)
        .catch(() => false))
    ) {
      const log = join(folder, 'error.log');
      if (apache.exitCode !== null || performance.now() > giveUpAt) {
        throw new Error(`Apache does not answer: ${existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
      }
      await wait(50);
    }
  }

  test('signs a person in, and knows who it is', async () => {
    const visitor = world.visitor();
    const page = await signInByHttp(visitor, `http://localhost:${port}/private/index.html`, world.program.issuer);
    const log = page.status === 200 ? '' : readFileSync(join(folder, 'error.log'), 'utf8');
    expect({ ...page, log }).toMatchObject({
      status: 200,
      text: expect.stringContaining('user=ada@example.com name=Ada'),
    });
  });

  test('a stranger is sent to us, and gets nothing', async () => {
    const stranger = { cookies: new Map(), answers: {}, stopAt: world.program.issuer };
    const sent = await signInByHttp(stranger, `http://localhost:${port}/private/index.html`, world.program.issuer);
    expect(sent).toMatchObject({ status: 302, text: '' });
    expect(sent.url).toMatch(/\/oauth\/authorize\?.*code_challenge_method=S256/);
  });
});
