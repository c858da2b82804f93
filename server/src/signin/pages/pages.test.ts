import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderConsentPage } from './consent-page.ts';
import { everyPage } from './every-page.fixture.ts';
import { PLAIN_VIEW } from './view.ts';

const ROOM = join(import.meta.dirname, '..');

test('every page that can be rendered is among them', () => {
  const fixture = ['./every-page.fixture.ts', './every-account-page.fixture.ts']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n');
  const rendered = globSync('**/*.ts', { cwd: ROOM })
    .flatMap((file) => [...readFileSync(join(ROOM, file), 'utf8').matchAll(/export function (render\w+Page)\b/g)])
    .map(([, name]) => name);
  expect(rendered.filter((name) => !new RegExp(`${name}\\(\\s*view`).test(fixture))).toEqual([]);
});

const HOSTILE = '<script>alert(1)</script>" onfocus="alert(2)\' x=\'<img src=x onerror=alert(3)>';

describe.each(everyPage(() => HOSTILE))('%s, with hostile text everywhere', (_, { body, headers }) => {
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
});

describe.each(everyPage(() => 'text'))('%s', (_, { body }) => {
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
    details: [],
    api: undefined,
  };
  test.each([
    ['https://app.example.com/cb?secret=1', 'You will return to app.example.com<', 'https:'],
    [
      'http://127.0.0.1:5100/cb',
      'You will return to 127.0.0.1:5100<',
      'http://127.0.0.1:5100 http://localhost:* http://127.0.0.1:*',
    ],
    ['com.example.app:/cb', 'You will return to the application (com.example.app)<', 'com.example.app:'],
  ])('to %s says where it leads, and allows the form to go there', (redirectUri, words, source) => {
    const { body, headers } = renderConsentPage(PLAIN_VIEW, { ...prompt, redirectUri });
    expect(body).toContain(words);
    expect(body).not.toContain('secret=1');
    expect(headers['content-security-policy']).toContain(`form-action 'self' ${source};`);
  });
});
