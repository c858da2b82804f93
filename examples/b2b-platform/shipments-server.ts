/** Scopes for what the application may do, roles for what the person may do, and the database for whose rows it is about. */
import { authOf, type GuardedRequest, requireAuth, requireRole, requireScope } from '@gatehouse/sdk/express';
import { asCaller, type PgPool } from '@gatehouse/sdk/filter';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';

export interface ShipmentsSettings {
  issuer: string;
  audience: string;
  pool: PgPool;
}

const TEXT_LENGTH_MAX = 200;
const COLUMNS = 'id, goods, destination, planned_by as "plannedBy"';

export function shipmentsServer({ issuer, audience, pool }: ShipmentsSettings): Express {
  const app = express();
  app.use(
    requireAuth({ issuer, audience }),
    requireScope('shipments:read'),
    requireMembership,
    express.json({ limit: '16kb' }),
  );

  // No `where` about the organization, here or anywhere: one that is forgotten would show everybody's rows.
  app.get('/shipments', async (request, response) => {
    response.json(await rows(request, `select ${COLUMNS} from shipments order by destination, id`));
  });

  app.get('/shipments/search', async (request, response) => {
    const text = String(request.query.text ?? '').slice(0, TEXT_LENGTH_MAX);
    response.json(await rows(request, `select ${COLUMNS} from shipments where strpos(goods, $1) > 0`, [text]));
  });

  app.post('/shipments', requireScope('shipments:write'), requireRole('dispatcher'), async (request, response) => {
    const { goods, destination } = request.body ?? {};
    if (!isText(goods) || !isText(destination)) {
      response.status(400).json({ error: 'a shipment has goods and a destination' });
      return;
    }
    const insert = `insert into shipments (goods, destination) values ($1, $2) returning ${COLUMNS}`;
    const [made] = await rows(request, insert, [goods, destination]);
    response.status(201).json(made);
  });

  app.delete(
    '/shipments/:id',
    requireScope('shipments:write'),
    requireRole('dispatcher'),
    async (request, response) => {
      const found = await rows(request, 'delete from shipments where id::text = $1 returning id', [request.params.id]);
      response.status(found.length === 0 ? 404 : 204).end();
    },
  );

  const rows = (request: GuardedRequest, text: string, values: unknown[] = []) =>
    asCaller(pool, authOf(request), async (client) => (await client.query(text, values)).rows);
  return app;
}

/** The platform is for people of partner companies. Somebody of the tenant has no company whose rows could be meant. */
function requireMembership(request: Request, response: Response, next: NextFunction): void {
  if (authOf(request).organizationId !== undefined) next();
  else response.status(403).json({ error: 'choose the organization that you act for, and sign in again' });
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= TEXT_LENGTH_MAX;
