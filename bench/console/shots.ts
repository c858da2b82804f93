/** What of the console is looked at beyond the plain addresses: what opens over a screen, what is missing, what fails. */
import type { Page } from 'playwright-core';

export interface Shot {
  name: string;
  /** Below /console. */
  address: string;
  /** Before it is opened. */
  before?: (page: Page) => Promise<void>;
  /** Brings about what is looked at. */
  act?: (page: Page) => Promise<void>;
}

const NOBODY = 'usr_00000000000000000000000000';
const NO_KEY = 'key_00000000000000000000000000';

/** Nothing has been made yet: what a list, the home page and the rest say to who comes first. */
export const EMPTY: readonly string[] = [
  '/',
  '/keys',
  '/routes',
  '/apis',
  '/clients',
  '/plans',
  '/users',
  '/sessions',
  '/invitations',
  '/groups',
  '/service-accounts',
  '/organizations',
  '/policies',
  '/policy-versions',
  '/relationships',
  '/requests',
  '/webhooks',
  '/audit',
  '/outbox',
  '/settings',
  '/portal',
  '/explorer',
  '/jwt',
  '/openapi',
];

const MISSING = [
  `/users/${NOBODY}`,
  `/keys/${NO_KEY}`,
  '/groups/grp_00000000000000000000000000',
  '/service-accounts/sva_00000000000000000000000000',
  ...['routes', 'apis', 'clients', 'plans', 'organizations', 'roles', 'policies', 'webhooks'].map(
    (kind) => `/${kind}/none`,
  ),
  '/policy-versions/999',
  '/relationships/01J00000000000000000000000',
  '/settings/nothing',
  '/settings/mail_templates/none',
  '/apis/none/drift',
  '/portal/none',
  '/nowhere/at/all',
];

const press =
  (...names: readonly (string | RegExp)[]) =>
  async (page: Page) => {
    for (const [index, name] of names.entries()) {
      const within = index === 0 ? page.locator('#content') : page.locator('body');
      const found = within
        .getByRole('button', { name })
        .or(within.getByRole('menuitem', { name }))
        .or(within.getByRole('tab', { name }));
      await found.first().click({ timeout: 5_000 });
    }
  };

const failing = async (page: Page, path: string) => {
  const body = JSON.stringify({ status: 500, code: 'internal_error', detail: 'Something failed on our side.' });
  await page.route(path, (route) => route.fulfill({ status: 500, body, contentType: 'application/problem+json' }));
};

const TOKEN = [
  { alg: 'ES256', typ: 'at+jwt', kid: 'sk_1' },
  {
    iss: 'https://id.example.com',
    sub: 'usr_1',
    aud: 'https://weather.example.com',
    iat: 1_790_000_000,
    exp: 1_790_000_600,
  },
].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));

/** What people of an organization have in place of the tenant's screens. */
export const PARTNER: readonly Shot[] = [
  ...[
    '/',
    '/portal',
    '/portal/weather-widget',
    '/portal/none',
    '/members',
    '/keys',
    '/users',
    '/webhooks',
    '/routes',
  ].map((address) => ({ name: `partner${address}`, address })),
  { name: 'partner-register', address: '/portal', act: press('Register an app') },
];

/** `of`: the addresses that the house was furnished with. */
export function shotsOf(of: readonly string[]): readonly Shot[] {
  const one = (start: string) =>
    of.find((address) => address.startsWith(start) && address.length > start.length) ?? '/';
  const key = one('/keys/key_');
  const person = of.filter((address) => address.startsWith('/users/'))[1] ?? '/users';
  return [
    ...of.map((address) => ({ name: address, address })),
    ...MISSING.map((address) => ({ name: `missing${address}`, address })),
    ...dialogs(key, person, one('/groups/'), one('/service-accounts/')),
  ];
}

function dialogs(key: string, person: string, group: string, account: string): readonly Shot[] {
  return [
    { name: 'palette', address: '/', act: (page) => page.keyboard.press('Control+k') },
    {
      name: 'palette-typed',
      address: '/',
      act: async (page) => {
        await page.keyboard.press('Control+k');
        await page.keyboard.type('gra');
      },
    },
    {
      name: 'account-menu',
      address: '/',
      act: (page) => page.getByRole('banner').getByRole('button').last().click(),
    },
    {
      name: 'navigation',
      address: '/',
      act: async (page) => {
        const menu = page.getByRole('button', { name: 'Open the navigation' });
        if (await menu.isVisible()) await menu.click();
      },
    },
    { name: 'key-issue', address: '/keys', act: press('Issue a key') },
    {
      name: 'key-issue-more',
      address: '/keys',
      act: async (page) => {
        await press('Issue a key')(page);
        await page.getByText('Whom to tell, and where').click({ timeout: 5_000 });
      },
    },
    { name: 'key-rotate', address: key, act: press('Rotate') },
    { name: 'key-revoke', address: key, act: press('Revoke') },
    { name: 'key-edit', address: key, act: press('Actions', 'Edit') },
    { name: 'user-add', address: '/users', act: press('Add a person') },
    { name: 'user-invite', address: '/users', act: press('Invite') },
    { name: 'user-actions', address: person, act: press('Actions') },
    { name: 'user-suspend', address: person, act: press('Actions', 'Suspend') },
    { name: 'user-delete', address: person, act: press('Actions', /^Delete/) },
    { name: 'user-edit', address: person, act: press('Edit') },
    { name: 'group-new', address: '/groups', act: press(/^(New|Add|Create)/) },
    { name: 'group-delete', address: group, act: press('Actions', 'Delete') },
    { name: 'account-new', address: '/service-accounts', act: press(/^(New|Add|Create)/) },
    { name: 'account-delete', address: account, act: press('Actions', 'Delete') },
    { name: 'client-delete', address: '/clients/web', act: press('Actions', 'Delete') },
    { name: 'route-json', address: '/routes/thing', act: (page) => page.getByText('JSON', { exact: true }).click() },
    {
      name: 'route-review',
      address: '/plans/partner',
      act: async (page) => {
        await page.getByLabel('Description').first().fill('What partners agreed to, since spring.');
        await press('Review the change')(page);
      },
    },
    {
      name: 'route-refused',
      address: '/apis/weather',
      act: async (page) => {
        await page.getByLabel('Audience').fill('no address');
        await press('Review the change')(page);
      },
    },
    {
      name: 'request-trace',
      address: '/requests',
      act: (page) => page.locator('#content tbody a', { hasText: 'corrections' }).first().click({ timeout: 5_000 }),
    },
    { name: 'webhook-new', address: '/webhooks', act: press(/^(New|Add)/) },
    { name: 'policy-new', address: '/policies', act: press(/^(New|Write|Add)/) },
    { name: 'invitation-new', address: '/invitations', act: press('Invite') },
    { name: 'signing-key-rotate', address: '/signing-keys', act: press(/Rotate/) },
    {
      name: 'jwt-read',
      address: '/jwt',
      act: (page) =>
        page
          .getByRole('textbox')
          .first()
          .fill(`${TOKEN.join('.')}.c2lnbmF0dXJl`),
    },
    {
      name: 'explorer-answer',
      address: '/explorer?type=user&id=usr_none&action=things:read&resourceType=Thing&resource=1',
    },
    { name: 'failing-list', address: '/webhooks', before: (page) => failing(page, '**/api/v1/webhooks?*') },
    {
      name: 'sign-in-failed',
      address: '/',
      act: async (page) => {
        const json = { error: 'invalid_grant', error_description: 'The code was used.' };
        await page.route('**/oauth/token', (route) => route.fulfill({ status: 400, json }));
        await page.reload();
      },
    },
    { name: 'failing-one', address: '/roles/forecaster', before: (page) => failing(page, '**/api/v1/roles/*') },
  ];
}
