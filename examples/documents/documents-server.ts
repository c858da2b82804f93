/** Documents in folders. Who calls is told by the access token; what they may do, by relationships. */
import { randomUUID } from 'node:crypto';
import { authOf, requireAuth, requireScope } from '@gatehouse/sdk/express';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { type Relations, RelationsError, type Tuple } from './relations.ts';

interface Thing {
  id: string;
  title: string;
  text?: string;
}

export interface DocumentsSettings {
  issuer: string;
  audience: string;
  relations: Relations;
}

const SHARED = ['viewer', 'editor'];
/** A person, all members of a group, or everybody. */
const SHARED_WITH = /^(user:(usr_[a-z0-9]+|\*)|group:[a-z0-9-]+#member)$/;
const TYPES = ['folder', 'document'] as const;

export function documentsServer({ issuer, audience, relations }: DocumentsSettings): Express {
  const kept = { folder: new Map<string, Thing>(), document: new Map<string, Thing>() };
  const me = (request: Request) => `user:${authOf(request).subject}`;
  const app = express();
  app.use(requireAuth({ issuer, audience }), requireScope('documents'), express.json({ limit: '64kb' }));

  for (const type of TYPES) {
    const things = kept[type];
    const objectOf = (request: Request<{ id: string }>) => `${type}:${request.params.id}`;

    /** What somebody may not see is not there: 404 for both, or ids could be tried out. What they see and may not do is 403. */
    const demand =
      (relation: string) => async (request: Request<{ id: string }>, response: Response, next: NextFunction) => {
        const object = objectOf(request);
        const user = me(request);
        if (!things.has(request.params.id) || !(await relations.check({ user, relation: 'viewer', object }))) {
          response.status(404).json({ error: `there is no such ${type}` });
        } else if (relation !== 'viewer' && !(await relations.check({ user, relation, object }))) {
          response.status(403).json({ error: `this needs to be ${relation} of the ${type}` });
        } else next();
      };

    app.get(`/${type}s`, async (request, response) => {
      const { ids, complete } = await relations.list({ user: me(request), relation: 'viewer', type });
      response.json({ items: ids.flatMap((id) => things.get(id) ?? []), complete });
    });

    app.post(`/${type}s`, async (request, response) => {
      const { title, text = '', folder } = request.body ?? {};
      if (typeof title !== 'string' || title === '' || typeof text !== 'string') {
        response.status(400).json({ error: `a ${type} has a title` });
        return;
      }
      const user = me(request);
      const parent = `folder:${folder}`;
      if (folder !== undefined && !(await relations.check({ user, relation: 'editor', object: parent }))) {
        response.status(403).json({ error: 'this needs to be editor of the folder' });
        return;
      }
      const thing = { id: randomUUID(), title, ...(type === 'document' ? { text } : {}) };
      const object = `${type}:${thing.id}`;
      const tuples: Tuple[] = [{ user, relation: 'owner', object }];
      if (folder !== undefined) tuples.push({ user: parent, relation: 'parent', object });
      // First who may, then what: what nobody may see yet is better than what nobody owns.
      await relations.write(tuples);
      things.set(thing.id, thing);
      response.status(201).json(thing);
    });

    app.get(`/${type}s/:id`, demand('viewer'), (request, response) => {
      response.json(things.get(request.params.id));
    });

    app.put(`/${type}s/:id`, demand('editor'), (request, response) => {
      const thing = things.get(request.params.id);
      const { title = thing?.title, text = thing?.text } = request.body ?? {};
      const changed = {
        id: request.params.id,
        title: String(title),
        ...(text === undefined ? {} : { text: String(text) }),
      };
      things.set(changed.id, changed);
      response.json(changed);
    });

    app.put(
      `/${type}s/:id/shares/:relation/:who`,
      demand('owner'),
      change((tuples) => relations.write(tuples)),
    );
    app.delete(
      `/${type}s/:id/shares/:relation/:who`,
      demand('owner'),
      change((tuples) => relations.remove(tuples)),
    );

    function change(work: (tuples: Tuple[]) => Promise<void>) {
      return async (request: Request<{ id: string; relation: string; who: string }>, response: Response) => {
        const { relation, who } = request.params;
        if (!SHARED.includes(relation) || !SHARED_WITH.test(who)) {
          response.status(400).json({ error: 'share as viewer or editor, with user:…, group:…#member or user:*' });
          return;
        }
        await work([{ user: who, relation, object: objectOf(request) }]);
        response.status(204).end();
      };
    }
  }

  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    // Sharing twice, or taking back what was not given, is no fault of ours.
    const status = error instanceof RelationsError && error.status < 500 ? 409 : 500;
    response.status(status).json({ error: status === 409 ? (error as Error).message : 'something went wrong' });
  });
  return app;
}
