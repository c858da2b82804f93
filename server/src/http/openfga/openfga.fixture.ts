import { CredentialsMethod, OpenFgaClient } from '@openfga/sdk';
import { readDsl } from '#authz';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';

/** OpenFGA's own client, unchanged, over a socket: folders, groups, exclusions and conditions. */
export const MODEL = `model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type folder
  relations
    define parent: [folder]
    define viewer: [user, user:*, group#member] or viewer from parent
type document
  relations
    define parent: [folder]
    define blocked: [user, group#member]
    define owner: [user]
    define editor: [user with office_hours, group#member] or owner
    define viewer: (editor or viewer from parent) but not blocked
condition office_hours(hour: int) {
  hour >= 9 && hour < 17
}`;

export interface TestOpenFga {
  here: TestControlServer;
  clientAs(token: string, storeId?: string): OpenFgaClient;
  /** A store with {@link MODEL}. */
  newStore(): Promise<OpenFgaClient>;
  /** With {@link TUPLES} as well. */
  storeWithTuples(): Promise<OpenFgaClient>;
}

export async function openTestOpenFga(): Promise<TestOpenFga> {
  const here = await openTestControlServer();
  const apiUrl = await here.server.listen({ host: '127.0.0.1', port: 0 });
  const clientAs = (token: string, storeId?: string) =>
    new OpenFgaClient({
      apiUrl,
      ...(storeId === undefined ? {} : { storeId }),
      credentials: { method: CredentialsMethod.ApiToken, config: { token } },
      retryParams: { maxRetry: 0 },
    });
  const newStore = async () => {
    const { id } = await clientAs('administrator').createStore({ name: 'documents' });
    const client = clientAs('administrator', id);
    await client.writeAuthorizationModel((await readDsl(MODEL)) as never);
    return client;
  };
  const storeWithTuples = async () => {
    const client = await newStore();
    await client.writeTuples(TUPLES);
    return client;
  };
  return { here, clientAs, newStore, storeWithTuples };
}

export const key = (object: string, relation: string, user: string) => ({ user, relation, object });
export const TUPLES = [
  key('group:staff', 'member', 'group:eng#member'),
  key('group:eng', 'member', 'user:anne'),
  key('folder:root', 'viewer', 'group:staff#member'),
  key('folder:plans', 'parent', 'folder:root'),
  key('document:plan', 'parent', 'folder:plans'),
  key('document:plan', 'blocked', 'user:mallory'),
  key('group:eng', 'member', 'user:mallory'),
  key('document:plan', 'owner', 'user:olga'),
  key('folder:public', 'viewer', 'user:*'),
  key('document:news', 'parent', 'folder:public'),
];

export async function refused(
  work: Promise<unknown>,
): Promise<{ status: number | undefined; code: unknown; message: unknown }> {
  try {
    await work;
  } catch (error) {
    const { statusCode, responseData } = error as { statusCode?: number; responseData?: Record<string, unknown> };
    return { status: statusCode, code: responseData?.code, message: responseData?.message };
  }
  throw new TypeError('was not refused');
}
