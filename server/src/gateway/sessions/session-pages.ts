import { gatewayErrors } from '../errors.ts';
import type { Problem } from '../problems.ts';
import type { PageAnswer } from '../request-exchange.ts';
import type { CompiledSession } from './compile-session.ts';

/** What the gateway itself shows to people: next to nothing. Everything else is the issuer's, or the application's. */

export function seeOther(location: string, cookies: readonly string[]): PageAnswer {
  return {
    page: {
      status: 303,
      headers: ['location', location, ...cookies.flatMap((each) => ['set-cookie', each])],
      body: '',
    },
  };
}

/** A sign-in that came to nothing: why, and how to begin another one. Nothing of the request stands in it. */
export function signInPage(found: Problem, session: CompiledSession, cookies: readonly string[]): PageAnswer {
  const { message } = gatewayErrors[found.code];
  const body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Not signed in</title>
<main><h1>Not signed in</h1><p>${escapeHtml(message)}</p><p><a href="${escapeHtml(session.loginPath)}">Sign in</a></p></main></html>
`;
  return {
    page: {
      status: found.status,
      headers: [
        ...['content-type', 'text/html; charset=utf-8'],
        ...[
          'content-security-policy',
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ],
        ...cookies.flatMap((each) => ['set-cookie', each]),
      ],
      body,
    },
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
