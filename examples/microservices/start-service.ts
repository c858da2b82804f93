import { once } from 'node:events';
import type { Server } from 'node:http';
import { authOf, requireAuth, requireScope } from '@gatehouse/sdk/express';
import { createServiceClient, type ServiceClient, TokenError } from '@gatehouse/sdk/service';
import type { Auth } from '@gatehouse/sdk/verify';
import express, { type NextFunction, type Request, type Response } from 'express';
import { pathOf, SERVICES, type ServiceCall, type ServiceName, scopesFor } from './services.ts';

export interface ServiceSettings {
  issuer: string;
  name: ServiceName;
  /** Where the service listens; nobody calls it there but the gateway. It is the name of its API too. */
  addressOf(name: ServiceName): string;
  gatewayUrl: string;
  /** Of its client, for those that call others. */
  secret: string | undefined;
}

/** What a service saw, and what those saw that it called. */
export interface Trace {
  service: ServiceName;
  operation: string;
  subject: string;
  /** Who acts for the subject, the last one first. */
  actors: string[];
  scopes: string[];
  calls: Trace[];
}

/** Takes tokens that are for this service, and calls others with tokens of their own: in the caller's name, narrower each time. */
export async function startService({ issuer, name, addressOf, gatewayUrl, secret }: ServiceSettings): Promise<Server> {
  const [first] = Object.values(SERVICES[name].operations).flat();
  const client =
    secret === undefined || first === undefined
      ? undefined
      : createServiceClient({ issuer, clientId: name, clientSecret: secret, resource: addressOf(first.service) });
  const app = express();
  app.use(requireAuth({ issuer, audience: addressOf(name) }));
  for (const [operation, calls] of Object.entries(SERVICES[name].operations)) {
    app.get(pathOf(operation), requireScope(operation), async (request, response) => {
      const caller = authOf(request);
      const answers = await Promise.all(calls.map((call) => pass(client, caller, call)));
      const trace: Trace = {
        service: name,
        operation,
        subject: caller.subject,
        actors: actorsOf(caller),
        scopes: caller.scopes.toSorted(),
        calls: answers,
      };
      response.json(trace);
    });
  }
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // What the issuer does not give for this caller, this caller may not have: no fault of ours.
    const refused = error instanceof TokenError;
    response.status(refused ? 403 : 502).json({ service: name, error: refused ? error.message : 'a service failed' });
  });

  async function pass(self: ServiceClient | undefined, caller: Auth, call: ServiceCall): Promise<Trace> {
    if (self === undefined) throw new TypeError(`${name} has no credentials to call ${call.service}`);
    const answer = await self
      .onBehalfOf(caller, { resource: addressOf(call.service), scope: scopesFor(call) })
      .fetch(gatewayUrl + pathOf(call.scope));
    if (!answer.ok) throw new TypeError(`${call.service} answered ${answer.status}`);
    return (await answer.json()) as Trace;
  }

  const server = app.listen(Number(new URL(addressOf(name)).port), '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function actorsOf({ actor }: Auth): string[] {
  const names: string[] = [];
  for (let each = actor; each !== undefined; each = each.act) names.push(each.sub);
  return names;
}
