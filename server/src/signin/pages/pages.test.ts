import { describe, expect, test } from 'vitest';
import type { AccountFacts } from './account/account-frame.ts';
import { renderProfilePage } from './account/profile-page.ts';
import { renderSecurityPage } from './account/security-page.ts';
import { renderSessionsPage } from './account/sessions-page.ts';
import { renderConsentPage } from './consent-page.ts';
import { renderContinuePage, renderErrorPage, renderSignedOutPage } from './message-pages.ts';
import type { Page } from './page-headers.ts';
import { renderSetupPage } from './setup-page.ts';
import { renderSignInPage } from './sign-in-page.ts';
import { PLAIN_VIEW } from './view.ts';

/** Every page, with `text` in every place that something from outside can reach. */
function everyPage(text: string): readonly (readonly [string, Page])[] {
  const view = { ...PLAIN_VIEW, brand: { ...PLAIN_VIEW.brand, productName: text }, path: text };
  const facts: AccountFacts = {
    csrfToken: text,
    now: 0,
    user: { id: text, name: text, email: text, roles: [text] },
    told: { message: text, tone: 'warn', status: 403 },
  };
  const session = { id: text, current: false, createdAt: 0, lastSeenAt: 0, userAgent: text, address: text };
  return [
    [
      'sign-in',
      renderSignInPage(view, {
        csrfToken: text,
        returnTo: text,
        issuerHost: text,
        email: text,
        problem: { kind: 'failed', message: text },
      }),
    ],
    [
      'set-up',
      renderSetupPage(view, {
        csrfToken: text,
        issuerHost: text,
        name: text,
        email: text,
        errors: { name: text, email: text, password: text, password_again: text },
        problem: { message: text },
      }),
    ],
    [
      'consent',
      renderConsentPage(view, {
        interaction: text,
        client: { id: text, displayName: text },
        person: { name: text, email: text },
        scopes: [{ scope: text, description: text }],
        api: { name: text, audience: text },
        redirectUri: 'https://app.example.com/callback',
      }),
    ],
    ['profile', renderProfilePage(view, facts)],
    ['sessions', renderSessionsPage(view, facts, [session, { ...session, current: true }])],
    [
      'security',
      renderSecurityPage(view, facts, {
        hasPassword: true,
        errors: { current_password: text, password: text, password_again: text },
      }),
    ],
    [
      'error',
      renderErrorPage(view, {
        status: 404,
        title: text,
        message: text,
        code: text,
        reference: text,
        next: { label: text, path: text },
      }),
    ],
    ['continue', renderContinuePage(view, '/account')],
    ['signed out', renderSignedOutPage(view)],
  ];
}

describe.each(everyPage('<script>alert(1)</script>" onfocus="alert(2)\' x=\'<img src=x onerror=alert(3)>'))(
  '%s, with hostile text everywhere',
  (_, { body, headers }) => {
    test('shows it as text', () => {
      const withoutText = body.replaceAll(/&lt;|&gt;|&quot;|&#39;|&amp;/g, '');
      expect(body).not.toMatch(
        /<script(?! src="\/assets\/(?:pages|webauthn|passkeys)-[\w-]+\.js" defer><\/script>)|<img/i,
      );
      for (const [tag] of withoutText.matchAll(/<[a-z][^>]*>/gi))
        expect(tag.replaceAll(/"[^"]*"/g, '')).not.toMatch(/\son\w+=/);
    });

    test('uses nothing that its policy forbids', () => {
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; (connect-src 'self'; )?form-action 'self'/,
      );
      expect(body).not.toMatch(/<style|\sstyle="|javascript:|https?:\/\/(?!www\.w3\.org)[^<"]*\.(js|css|woff)/);
    });
  },
);

describe.each(everyPage('text'))('%s', (_, { body }) => {
  test('every input is labelled and every described element exists', () => {
    const ids = new Set([...body.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    expect([...body.matchAll(/\sid="([^"]+)"/g)]).toHaveLength(ids.size);
    for (const [tag, id] of body.matchAll(/<input id="([^"]+)"[^>]*>/g))
      expect(body, tag).toContain(`<label for="${id}">`);
    for (const [, list = ''] of body.matchAll(/aria-(?:describedby|labelledby)="([^"]+)"/g)) {
      for (const id of list.split(' ')) expect(ids).toContain(id);
    }
  });

  test('passwords are masked, never filled in, and open to password managers', () => {
    for (const [tag] of body.matchAll(/<input id="password[^>]*>/g)) {
      expect(tag).toMatch(/type="password" autocomplete="(current|new)-password"/);
      expect(tag).not.toMatch(/\svalue=|maxlength/);
    }
  });
});

describe('consent', () => {
  const prompt = {
    interaction: 'i',
    client: { id: 'weather', displayName: 'Weather' },
    person: { name: 'Ada', email: 'ada@example.com' },
    scopes: [],
    api: undefined,
  };
  test.each([
    ['https://app.example.com/cb?secret=1', 'You will return to app.example.com<', 'https://app.example.com'],
    ['http://127.0.0.1:5100/cb', 'You will return to 127.0.0.1:5100<', 'http://127.0.0.1:5100'],
    ['com.example.app:/cb', 'You will return to the application (com.example.app)<', 'com.example.app:'],
  ])('to %s says where it leads, and allows the form to go there', (redirectUri, words, source) => {
    const { body, headers } = renderConsentPage(PLAIN_VIEW, { ...prompt, redirectUri });
    expect(body).toContain(words);
    expect(body).not.toContain('secret=1');
    expect(headers['content-security-policy']).toContain(`form-action 'self' ${source};`);
  });
});
