/** The API as it was before: it serves whoever reaches it. Nothing in this file knows of tokens. */
import express, { type Router } from 'express';

interface User {
  id: number;
  name: string;
  email: string;
}

export function usersRoutes(): Router {
  const users = new Map<number, User>([
    [1, { id: 1, name: 'Ada Lovelace', email: 'ada@example.com' }],
    [2, { id: 2, name: 'Grace Hopper', email: 'grace@example.com' }],
  ]);
  let lastId = users.size;
  const routes = express.Router();
  routes.use(express.json({ limit: '16kb' }));
  routes.get('/', (_request, response) => {
    response.json([...users.values()]);
  });
  routes.get('/:id', (request, response) => {
    const user = users.get(Number(request.params.id));
    if (user === undefined) response.status(404).json({ error: 'there is no such user' });
    else response.json(user);
  });
  routes.post('/', (request, response) => {
    const { name, email } = request.body ?? {};
    if (typeof name !== 'string' || typeof email !== 'string' || name === '' || !email.includes('@')) {
      response.status(400).json({ error: 'a user has a name and an email' });
      return;
    }
    lastId += 1;
    const user = { id: lastId, name, email };
    users.set(user.id, user);
    response.status(201).json(user);
  });
  routes.delete('/:id', (request, response) => {
    response.status(users.delete(Number(request.params.id)) ? 204 : 404).end();
  });
  return routes;
}
