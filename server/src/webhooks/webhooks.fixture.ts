import { createHmac } from 'node:crypto';
import { auditMigrations, listEvents, recordEvent } from '#audit';
import { baseErrors, DEFAULT_TENANT_ID, type SafeFetch, type SafeFetchResponse, systemPrincipal } from '#base';
import { directoryMigrations, organizationKind } from '#directory';
import { keyringMigrations, openKeyring } from '#keyring';
import { createMailer, mailMigrations } from '#mail';
import {
  deleteResource,
  findResource,
  kindRegistry,
  putResource,
  readSpec,
  resourcesMigrations,
  settledBy,
  systemCaller,
} from '#resources';
import { recordChange, type Store } from '#store';
import { fixedClock, openTestStore, seededRandom, testLogger } from '#testing';
import { deliverNext } from './deliver.ts';
import { issueWebhookSecret } from './issue-webhook-secret.ts';
import { listDeliveries } from './list-deliveries.ts';
import { webhooksMigrations } from './migrations.ts';
import { queueDeliveries } from './queue-deliveries.ts';
import { settleWebhooks } from './settle-webhooks.ts';
import { dueWebhooks } from './take-turns.ts';
import { webhookKind } from './webhook-kind.ts';

export const tenantId = DEFAULT_TENANT_ID;
export const actor = systemPrincipal(tenantId, 'test');
const caller = systemCaller(tenantId, 'test');
const TYPES = [
  'api_key.issued',
  'api_key.revoked',
  'quota.threshold_reached',
  'user.created',
  'webhook.created',
  'webhook.disabled',
];
export const MIGRATIONS = [
  keyringMigrations,
  auditMigrations,
  resourcesMigrations,
  mailMigrations,
  directoryMigrations,
  webhooksMigrations,
];

export interface Received {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A receiver that keeps what it got and answers as it is told. */
export function receiver(answer: (got: Received, count: number) => Partial<SafeFetchResponse> = () => ({})) {
  const got: Received[] = [];
  const fetch: SafeFetch = async (url, options = {}) => {
    const received = { url, headers: { ...options.headers }, body: String(options.body) };
    got.push(received);
    const told = answer(received, got.length);
    if (told.status === 0) throw baseErrors.fetch_failed({ cause: new Error('nobody there') });
    return { status: 204, headers: {}, body: Buffer.alloc(0), url, ...told };
  };
  return { got, fetch };
}

/** As the specification says it, and as its libraries do it: the key is what stands in base64 after the prefix. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return headers['webhook-signature']?.split(' ').includes(expected) === true;
}

/** The room on a database of its own, with a clock that stands still and a receiver in memory. */
export async function openWebhooks() {
  const clock = fixedClock();
  const random = seededRandom();
  const log = testLogger();
  const store = await openTestStore(MIGRATIONS, { clock, random });
  const environment = { KEY: seededRandom('master').bytes(32).toString('base64') };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  const keyring = await openKeyring({ store, recordChange, masterKey, clock, random, log });
  const kind = settledBy(
    webhookKind,
    settleWebhooks(() => TYPES),
  );
  const kinds = kindRegistry([organizationKind, kind]);
  const tags = new Map<string, string[]>();
  const deps = {
    store,
    keyring,
    clock,
    random,
    log,
    mailer: createMailer({ keyring, clock, random }),
    catalogue: { types: () => TYPES, namesThings: (type: string) => type !== 'user' },
    tagsOfKeys: async () => tags,
  };
  const put = async (name: string, spec: object, of = kind as Parameters<typeof readSpec>[1]) => {
    const document = readSpec(kinds, of, name, spec);
    const before = await store.transaction({ tenantId }, (tx) => findResource(tx, { tenantId, kind: of, name }));
    const expected = before === undefined ? 'absent' : 'present';
    const { resource } = await putResource(deps, { caller, document, expected });
    return resource;
  };
  return {
    ...deps,
    deps,
    tags,
    /** Declares a webhook, and gives it a secret unless told otherwise. */
    async declare(name: string, spec: object = {}, { secret = true } = {}): Promise<string> {
      await put(name, { url: 'https://hooks.example.com/in', events: ['*'], ...spec });
      if (!secret) return '';
      return (await issueWebhookSecret(deps, { tenantId, webhook: name, overlapMs: 0, actor })).secret;
    },
    organization: (name: string) => put(name, { displayName: name }, organizationKind),
    remove: (name: string) => deleteResource(deps, { caller, kind, name }),
    happen: (type: string, more: { organizationId?: string; id?: string; detail?: { [name: string]: string } } = {}) =>
      store.transaction({ tenantId }, (tx) =>
        recordEvent(tx, deps, {
          tenantId,
          ...(more.organizationId === undefined ? {} : { organizationId: more.organizationId }),
          type: type as `${string}.${string}`,
          actor,
          target: { type: type.split('.')[0] ?? '', id: more.id ?? 'x_1', name: 'Ada' },
          ...(more.detail === undefined ? {} : { detail: more.detail }),
        }),
      ),
    /** Queues and sends all that is due, as the worker does. */
    async work(fetch: SafeFetch, through: Pick<Store, 'transaction'> = store): Promise<void> {
      const own = { ...deps, store: through, fetch };
      await queueDeliveries(own);
      for (let round = 0; round < 50; round += 1) {
        const due = await dueWebhooks(own);
        if (due.length === 0) return;
        for (const each of due) await deliverNext(own, each);
      }
    },
    async deliveries(webhook: string) {
      return (await listDeliveries(deps, { tenantId, webhook })).items;
    },
    async events(type: string) {
      return (await listEvents({ store }, { tenantId, type })).items;
    },
    async close() {
      keyring.close();
      await store.close();
    },
  };
}
