import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown> & { id: string };
  etag: string;
}

export interface DirectoryWorld extends TestControlServer {
  call(method: string, path: string, body?: unknown, who?: string, headers?: Record<string, string>): Promise<Answer>;
  /** A person nobody else has the address of. */
  person(more?: Record<string, unknown>): Promise<Answer['body']>;
  address(): string;
  /** Ids of the organizations there are. */
  organizations: Record<'acme' | 'bolt', string>;
  /** The credential of somebody with this role inside an organization. */
  inside(organization: 'acme' | 'bolt', role?: string): string;
}

export const anyState = { 'if-match': '*' };

/** A control server with two organizations and a schema of attributes. */
export async function openDirectoryWorld(): Promise<DirectoryWorld> {
  const world = await openTestControlServer();
  let count = 0;
  const call: DirectoryWorld['call'] = async (method, path, body, who = 'administrator', headers = {}) => {
    const response = await world.server.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${who}`, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      status: response.statusCode,
      body: response.body === '' ? {} : JSON.parse(response.body),
      etag: String(response.headers.etag),
    };
  };
  const organization = async (name: string) =>
    (await call('PUT', `/organizations/${name}`, { spec: { displayName: name } })).body.id;
  const organizations = { acme: await organization('acme'), bolt: await organization('bolt') };
  const attributes = {
    department: { type: 'string', enum: ['sales', 'lab'] },
    level: { type: 'integer', minimum: 1, maximum: 9 },
    teams: { type: 'array', maxItems: 2 },
  };
  await call('PUT', '/user_schemas/default', { spec: { attributes } });
  const address = () => `p${++count}@example.com`;
  return {
    ...world,
    call,
    address,
    person: async (more = {}) => (await call('POST', '/users', { email: address(), name: 'Ada', ...more })).body,
    organizations,
    inside: (name, role = 'administrator') => `${role}~${organizations[name]}`,
  };
}
