import { z } from 'zod';
import { defineKind } from './kind.ts';
import { kindRegistry } from './registry.ts';

/** Kinds made up for this room's tests: one that others refer to, one that refers, one that hands out permissions. */
export const shelfKind = defineKind({
  kind: 'shelf',
  plural: 'shelves',
  idKind: 'api',
  description: 'Where books stand',
  schema: z.strictObject({
    place: z.string().min(1).max(200),
    labels: z.record(z.string(), z.string()).default({}),
    note: z.string().optional(),
  }),
});

export const bookKind = defineKind({
  kind: 'book',
  plural: 'books',
  idKind: 'route',
  description: 'Stands on a shelf',
  schema: z.strictObject({
    title: z.string(),
    pages: z.int().min(1).default(100),
    lent: z.boolean().default(false),
    binding: z.enum(['paper', 'leather', 'linen']).default('paper'),
    shelf: z.string().optional(),
    sequels: z.array(z.string()).max(5).default([]),
    cover: z
      .discriminatedUnion('type', [
        z.strictObject({ type: z.literal('plain'), colour: z.string() }),
        z.strictObject({ type: z.literal('picture'), width: z.int() }),
      ])
      .optional(),
  }),
  references: ({ shelf, sequels }) => [
    ...(shelf === undefined ? [] : [{ kind: 'shelf', name: shelf, path: 'shelf' }]),
    ...sequels.map((name, index) => ({ kind: 'book', name, path: `sequels.${index}` })),
  ],
  check: ({ title }) =>
    title === title.trim() ? [] : [{ path: 'title', message: 'must not begin or end with a space' }],
});

export const badgeKind = defineKind({
  kind: 'badge',
  plural: 'badges',
  idKind: 'role',
  description: 'Hands out permissions',
  schema: z.strictObject({ permissions: z.array(z.string()) }),
  grants: ({ permissions }) => permissions,
  builtIns: { librarian: { permissions: ['*'] } },
});

export const sampleKinds = kindRegistry([shelfKind, bookKind, badgeKind]);
