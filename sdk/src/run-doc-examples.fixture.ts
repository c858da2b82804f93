/** Runs the examples that are its arguments, one after the other, in a world in which what they name answers. Prints how each went. */
import { Server } from 'node:net';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateKeyPair, SignJWT } from 'jose';

/** So long an example may take before it counts as waiting. */
const WAITS_MILLISECONDS = 300;

for (const name of ['SERVER_SECRET', 'DEPOT_SECRET', 'SHOP_SECRET', 'DECISION_KEY', 'FILTER_KEY'])
  process.env[name] = 'given';

const { privateKey } = await generateKeyPair('ES256');
const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
globalThis.fetch = async (input) => {
  const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
  if (pathname.includes('/.well-known/')) {
    const endpoint = (name: string) => `${origin}/${name}`;
    return Response.json({
      issuer: origin,
      authorization_endpoint: endpoint('authorize'),
      token_endpoint: endpoint('token'),
      jwks_uri: endpoint('jwks'),
    });
  }
  if (pathname.endsWith('/token')) return Response.json({ access_token: token, token_type: 'Bearer', expires_in: 60 });
  return Response.json({ keys: [], items: [], nextCursor: null, decision: true });
};

// A page, as far as an example in the head of one looks at it.
const page = new URL('https://board.example.com/tasks');
Object.assign(globalThis, {
  location: Object.assign(page, { assign: () => undefined, replace: () => undefined }),
  history: { state: null, replaceState: () => undefined },
  sessionStorage: { setItem: () => undefined, getItem: () => null, removeItem: () => undefined },
});

// Whatever port an example wants, another may have it.
const { listen } = Server.prototype;
Server.prototype.listen = function (this: Server): Server {
  Reflect.apply(listen, this, [0, '127.0.0.1']);
  return this.unref();
};

const outcomes: Record<string, { outcome: string; printed: string[] }> = {};
let printed: string[] = [];
console.log = (...values: unknown[]) => {
  printed.push(values.join(' '));
};
for (const file of process.argv.slice(2)) {
  const waits = new Promise<string>((resolve) => setTimeout(resolve, WAITS_MILLISECONDS, 'waits'));
  const ran = import(pathToFileURL(file).href).then(
    () => 'ended',
    (error: unknown) => String(error),
  );
  const outcome = await Promise.race([ran, waits]);
  outcomes[basename(file)] = { outcome, printed };
  printed = [];
}
process.stdout.write(JSON.stringify(outcomes));
process.exit();
