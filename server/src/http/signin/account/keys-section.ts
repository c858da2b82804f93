import { type ApiKey, apikeysErrors, getApiKey, issueApiKey, listApiKeys, revokeApiKey, rotateApiKey } from '#apikeys';
import { GatehouseError, LIMITS } from '#base';
import {
  ACCOUNT_PATHS,
  KEY_DAYS,
  type NewKeyForm,
  renderConfirmPage,
  renderIssuedKeyPage,
  renderKeysPage,
} from '#signin';
import type { Form } from '../form.ts';
import type { PagesContext } from '../pages-context.ts';
import type { Outcome, Section, Visit } from './section.ts';

const DAY_MILLISECONDS = 86_400_000;
/** As over the Admin API, when nothing is said. */
const OVERLAP_MILLISECONDS = DAY_MILLISECONDS;

/** API keys that act for the person who has them. */
export function keysSection(context: PagesContext): Section {
  const { tenantId } = context;

  async function show({ current, view, facts: own }: Visit, form?: NewKeyForm) {
    // Those that a key can carry: of the organization they act in, and by their groups, too.
    const facts = { ...own, user: { ...own.user, roles: current.principal.roles } };
    const ownerId = current.user.id;
    const { items } = await listApiKeys(context, { tenantId, ownerId, limit: LIMITS.pageSizeMax });
    const isOver = ({ revokedAt, replacedBy, expiresAt }: ApiKey) =>
      revokedAt !== undefined || (replacedBy !== undefined && expiresAt !== undefined && expiresAt <= own.now);
    const living = items.filter((key) => !isOver(key));
    return renderKeysPage(view, facts, living.map(toShown), form);
  }

  async function issue(visit: Visit, form: Form): Promise<Outcome> {
    const { current, facts, view } = visit;
    const [name, scopes, days] = [form.field('name').trim(), form.field('scopes'), form.field('days')];
    const roles = form.all('roles').filter((role) => current.principal.roles.includes(role));
    const given = { name, scopes, roles, days };
    if (!KEY_DAYS.some((each) => each === days)) return { page: await show(visit, { ...given, errors: {} }) };
    try {
      const { key } = await issueApiKey(context, {
        tenantId,
        ...(current.principal.organizationId === undefined ? {} : { organizationId: current.principal.organizationId }),
        name,
        owner: { type: 'user', id: current.user.id },
        scopes: scopes.split(/\s+/).filter((scope) => scope !== ''),
        roles,
        ...(days === '' ? {} : { expiresAt: facts.now + Number(days) * DAY_MILLISECONDS }),
        actor: current.principal,
      });
      return { page: renderIssuedKeyPage(view, { name, key }) };
    } catch (error) {
      const errors = error instanceof GatehouseError ? errorsOf(visit, error) : undefined;
      if (errors === undefined) throw error;
      return { page: await show(visit, { ...given, errors }) };
    }
  }

  /** That another person's key exists is not theirs to know. */
  async function mine({ current, request }: Visit): Promise<ApiKey> {
    const { id = '' } = request.params as { id?: string };
    const key = await getApiKey(context, { tenantId, id });
    if (key.owner?.id !== current.user.id) throw apikeysErrors.api_key_not_found();
    return key;
  }

  return {
    path: ACCOUNT_PATHS.keys,
    show: (visit) => show(visit),
    actions: [
      { path: ACCOUNT_PATHS.keys, sensitive: true, run: issue },
      {
        path: '/account/keys/:id/replace',
        sensitive: true,
        async confirm(visit) {
          const { id, name } = await mine(visit);
          const { account } = visit.view.locale.text;
          return renderConfirmPage(visit.view, {
            csrfToken: visit.facts.csrfToken,
            title: account.replaceKeyTitle(name),
            message: account.replaceKeyNote,
            action: `/account/keys/${id}/replace`,
            confirm: account.replaceKeyNow,
            cancelPath: ACCOUNT_PATHS.keys,
          });
        },
        async run(visit) {
          const { id, name } = await mine(visit);
          const { key, previous } = await rotateApiKey(context, {
            tenantId,
            id,
            actor: visit.current.principal,
            overlapMilliseconds: OVERLAP_MILLISECONDS,
          });
          const oldEndsAt = previous.expiresAt ?? visit.facts.now + OVERLAP_MILLISECONDS;
          return { page: renderIssuedKeyPage(visit.view, { name, key, oldEndsAt }) };
        },
      },
      {
        path: '/account/keys/:id/end',
        async confirm(visit) {
          const { id, name } = await mine(visit);
          const { account } = visit.view.locale.text;
          return renderConfirmPage(visit.view, {
            csrfToken: visit.facts.csrfToken,
            title: account.revokeKeyTitle(name),
            message: account.revokeKeyNote,
            action: `/account/keys/${id}/end`,
            confirm: account.revokeKey,
            cancelPath: ACCOUNT_PATHS.keys,
            danger: true,
          });
        },
        async run(visit) {
          const { id } = await mine(visit);
          await revokeApiKey(context, { tenantId, id, actor: visit.current.principal, reason: 'ended by its owner' });
          return { told: 'key_ended' };
        },
      },
    ],
  };
}

function toShown(key: ApiKey) {
  const { id, name, scopes, roles, createdAt, expiresAt, lastUse } = key;
  return {
    id,
    name,
    display: `${key.displayPrefix}…${key.last4}`,
    scopes,
    roles,
    createdAt,
    expiresAt,
    lastUse,
    replaced: key.replacedBy !== undefined,
    setAside: key.quarantinedAt !== undefined,
  };
}

function errorsOf({ view }: Visit, error: GatehouseError): NewKeyForm['errors'] | undefined {
  const { account, frame } = view.locale.text;
  if (error.code === 'grant_beyond_own') {
    const missing = Array.isArray(error.details?.missing) ? error.details.missing.map(String) : [];
    return { scopes: account.keyBeyondOwn(view.locale.list(missing.slice(0, 5))) };
  }
  if (error.code !== 'invalid_input') return undefined;
  const atName = error.fields?.some(({ path }) => path === 'name') === true;
  return atName ? { name: frame.requiredField } : { scopes: account.keyScopesMalformed };
}
