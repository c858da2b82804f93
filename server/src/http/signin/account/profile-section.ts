import { GatehouseError } from '#base';
import { holdOrganization, type UserAttributes, type UserSchemaSpec, updateUser, userSchemaKind } from '#directory';
import { findResource, SINGLETON_NAME } from '#resources';
import { ACCOUNT_PATHS, type EditableAttribute, endSession, type ProfilePage, renderProfilePage } from '#signin';
import type { Form } from '../form.ts';
import type { PagesContext } from '../pages-context.ts';
import type { Outcome, Section, Visit } from './section.ts';

/** Who a person is here, what of it they may change, and the way out. */
export function profileSection(context: PagesContext): Section {
  const { store, tenantId, cookies } = context;

  const schemaOf = () =>
    store.transaction(
      { tenantId },
      async (tx) =>
        (await findResource(tx, { tenantId, kind: userSchemaKind, name: SINGLETON_NAME }))?.spec ?? NOTHING_MORE,
      { readOnly: true },
    );

  async function show({ view, facts, current: { user } }: Visit, refused?: ProfilePage['refused']) {
    const { organizationId } = user;
    const managedBy =
      organizationId === undefined
        ? undefined
        : await store.transaction({ tenantId }, (tx) =>
            holdOrganization(tx, { tenantId, organization: organizationId }),
          );
    return renderProfilePage(view, facts, {
      emailVerified: user.emailVerified,
      managedBy: managedBy?.spec.displayName,
      attributes: editable(await schemaOf(), user.attributes),
      refused,
    });
  }

  async function save(visit: Visit, form: Form): Promise<Outcome> {
    const { user, principal } = visit.current;
    const name = form.field('name');
    const attributes = changed(await schemaOf(), user.attributes, form);
    try {
      await store.transaction({ tenantId }, (tx) =>
        // Their own account, seen a moment ago: who changed it meanwhile is not asked about a name.
        updateUser(tx, context, {
          tenantId,
          id: user.id,
          actor: principal,
          update: { name, attributes },
          expected: 'present',
        }),
      );
      return { told: 'profile_saved' };
    } catch (error) {
      if (!(error instanceof GatehouseError) || error.code !== 'invalid_input') throw error;
      return { page: await show(visit, { name, errors: errorsOf(visit, error) }) };
    }
  }

  return {
    path: ACCOUNT_PATHS.profile,
    show: (visit) => show(visit),
    actions: [
      { path: '/account/profile', run: save },
      {
        path: '/sign-out',
        async run({ current: { user, session, principal } }) {
          const ended = { tenantId, userId: user.id, id: session.id, reason: 'signed_out', actor: principal } as const;
          await store.transaction({ tenantId }, (tx) => endSession(tx, context, ended));
          return { to: '/signed-out', cookies: [cookies.clear('session')] };
        },
      },
    ],
  };
}

const NOTHING_MORE: UserSchemaSpec = { attributes: {}, required: [], selfEditable: [] };

type Declared = UserSchemaSpec['attributes'][string];

function editable({ attributes, selfEditable }: UserSchemaSpec, known: UserAttributes): EditableAttribute[] {
  return selfEditable.flatMap((name) => {
    const declared = attributes[name];
    if (declared === undefined) return [];
    const value = known[name];
    const choices = 'enum' in declared && declared.type === 'string' ? declared.enum : undefined;
    return {
      name,
      label: declared.description ?? name,
      kind: choices !== undefined ? 'choice' : KIND_OF[declared.type],
      ...(choices === undefined ? {} : { choices }),
      value: value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value),
    };
  });
}

const KIND_OF: Record<Declared['type'], EditableAttribute['kind']> = {
  string: 'text',
  number: 'text',
  integer: 'text',
  boolean: 'boolean',
  array: 'list',
};

const READ_AS: Record<Declared['type'], (text: string) => UserAttributes[string]> = {
  string: (text) => text,
  // What is no number stays text, and is refused as such by the schema.
  number: (text) => (Number.isFinite(Number(text)) ? Number(text) : text),
  integer: (text) => (Number.isFinite(Number(text)) ? Number(text) : text),
  boolean: (text) => text === 'true',
  array: (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
};

/** All attributes as they are to stand: only those that people may change come from the form. */
function changed({ attributes, selfEditable }: UserSchemaSpec, known: UserAttributes, form: Form): UserAttributes {
  const typed = selfEditable.map((name) => {
    const text = form.field(`attribute.${name}`).trim();
    const declared = attributes[name];
    return [name, text === '' || declared === undefined ? undefined : READ_AS[declared.type](text)] as const;
  });
  const next = { ...known, ...Object.fromEntries(typed) };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as UserAttributes;
}

function errorsOf({ view }: Visit, error: GatehouseError): Record<string, string> {
  const { frame, ownData } = view.locale.text;
  const fields = (error.fields ?? []).map(({ path }) =>
    path.startsWith('attributes.')
      ? ([`attribute.${path.split('.')[1]}`, ownData.attributeRefused] as const)
      : (['name', frame.requiredField] as const),
  );
  return Object.fromEntries(fields);
}
