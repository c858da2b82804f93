/** Serves the page, and the API that it calls. The API believes access tokens and nothing else: there is no cookie here. */
import { authOf, requireAuth, requireScope, requireStepUp } from '@gatehouse/sdk/express';
import express, { type Express } from 'express';

interface Task {
  id: number;
  title: string;
  by: string;
  done: boolean;
}

export interface BoardSettings {
  issuer: string;
  audience: string;
  /** Where the built page is. */
  pageFolder: string;
}

/** Deleting everything needs a sign-in of the last minute. */
const FRESH_SECONDS = 60;
const TITLE_LENGTH_MAX = 200;

export function boardServer({ issuer, audience, pageFolder }: BoardSettings): Express {
  const tasks: Task[] = [{ id: 1, title: 'Invite the team', by: 'the example', done: false }];
  const app = express();

  const api = express.Router();
  api.use(requireAuth({ issuer, audience }));
  api.use(express.json({ limit: '16kb' }));
  api.get('/tasks', requireScope('tasks:read'), (_request, response) => {
    response.json(tasks);
  });
  api.post('/tasks', requireScope('tasks:write'), (request, response) => {
    const { title } = request.body ?? {};
    if (typeof title !== 'string' || title.trim() === '' || title.length > TITLE_LENGTH_MAX) {
      response.status(400).json({ error: 'a task has a title' });
      return;
    }
    const task = { id: (tasks.at(-1)?.id ?? 0) + 1, title, by: authOf(request).subject, done: false };
    tasks.push(task);
    response.status(201).json(task);
  });
  api.delete('/tasks', requireScope('tasks:write'), requireStepUp({ maxAgeSeconds: FRESH_SECONDS }), (_, response) => {
    tasks.length = 0;
    response.status(204).end();
  });
  app.use('/api', api);

  app.use((_request, response, next) => {
    // No script but our own, and nothing is sent anywhere but here and to the issuer: what keeps tokens in.
    response.setHeader(
      'content-security-policy',
      `default-src 'self'; img-src 'self' data:; connect-src 'self' ${issuer}; frame-ancestors 'none'; base-uri 'none'`,
    );
    response.setHeader('referrer-policy', 'no-referrer');
    next();
  });
  app.use(express.static(pageFolder));
  app.get('/{*path}', (_request, response) => response.sendFile('index.html', { root: pageFolder }));
  return app;
}
