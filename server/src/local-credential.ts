import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type ApiKeySnapshot, type IssueApiKeyDeps, issueApiKey } from '#apikeys';
import { type IdSource, type Logger, systemPrincipal } from '#base';
import { LOCAL_CREDENTIAL_FILE } from '#cli';
import { ADMINISTRATOR_ROLE, createServiceAccount, findServiceAccount } from '#directory';
import type { Keyring } from '#keyring';
import type { Store } from '#store';

const SERVICE_ACCOUNT = 'local-cli';
const TASK = 'first_start';

export interface LocalCredentialDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac'>;
  apiKeys: Pick<ApiKeySnapshot, 'verifyApiKey'>;
  log: Logger;
}

interface LocalInstance {
  tenantId: string;
  dataFolder: string;
  url: string;
  /** PEM file of the certificate that is shown at `url`, where it is https. */
  certificate?: string | undefined;
}

/**
 * Sees to it that the data folder holds an administrator's API key for the command line on this machine, readable by its
 * owner alone. A key that was revoked, or a file that is gone, is replaced: whoever can write the data folder owns the house.
 */
export async function ensureLocalCredential(
  deps: LocalCredentialDeps,
  { tenantId, dataFolder, url, certificate }: LocalInstance,
): Promise<void> {
  const path = join(dataFolder, LOCAL_CREDENTIAL_FILE);
  const known = readToken(path);
  const token =
    known !== undefined && deps.apiKeys.verifyApiKey(known, deps.clock.now()).ok ? known : await issue(deps, tenantId);
  write(path, certificate === undefined ? { url, token } : { url, token, certificate });
}

async function issue(deps: LocalCredentialDeps, tenantId: string): Promise<string> {
  const actor = systemPrincipal(tenantId, TASK);
  const owner = await deps.store.transaction(
    { tenantId },
    async (tx) =>
      (await findServiceAccount(tx, { tenantId, name: SERVICE_ACCOUNT })) ??
      (await createServiceAccount(tx, deps, { tenantId, name: SERVICE_ACCOUNT, roles: [ADMINISTRATOR_ROLE], actor })),
  );
  // The program itself hands this one out, to whoever owns the folder it runs in.
  const issuing: IssueApiKeyDeps = { ...deps, authorizeGrant: () => undefined, holds: () => true };
  const { key } = await issueApiKey(issuing, {
    tenantId,
    actor,
    name: `command line on ${hostname()}`.slice(0, 63),
    owner: { type: 'service_account', id: owner.id },
    roles: [ADMINISTRATOR_ROLE],
  });
  // Whoever reads the file uses it at once: this process must have heard of the key by then.
  await deps.store.changes.caughtUp();
  deps.log.info(
    { serviceAccount: owner.id },
    'an administrator credential for the command line was written to the data folder',
  );
  return key;
}

function readToken(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { token } = JSON.parse(readFileSync(path, 'utf8'));
    return typeof token === 'string' ? token : undefined;
  } catch {
    // A file cut short by a crash is as good as none.
    return undefined;
  }
}

/** Written beside and renamed, so that the command line never reads half a file. */
function write(path: string, content: Record<string, string>): void {
  const text = `${JSON.stringify(content)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
