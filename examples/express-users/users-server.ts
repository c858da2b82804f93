import { requireAuth, requireScope } from '@gatehouse/sdk/express';
import express, { type Express } from 'express';
import { usersRoutes } from './users-routes.ts';

/** The API, secured: the three lines in the middle are what was added. */
export function usersServer({ issuer, audience }: { issuer: string; audience: string }): Express {
  const app = express();

  app.use('/users', requireAuth({ issuer, audience }), requireScope('users:read'));
  app.post('/users', requireScope('users:write'));
  app.delete('/users/:id', requireScope('users:write'));

  app.use('/users', usersRoutes());
  return app;
}
