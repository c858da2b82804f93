import { type Html, html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

export interface ErrorPage {
  status: number;
  title: string;
  /** What is wrong and what to do next. Public. */
  message: string;
  /** Stable code and the request's id, for the person who will be asked about it. */
  code?: string;
  reference?: string;
  /** A path of ours. */
  next?: { label: string; path: string };
}

export function renderErrorPage(view: View, { status, title, message, code, reference, next }: ErrorPage): Page {
  return cardPage(view, {
    title,
    status,
    content: html`<header>
<h1>${title}</h1>
<p>${message}</p>
</header>
${next !== undefined && nextLink(next)}`,
    ...withFoot([code, reference]),
  });
}

export function renderSignedOutPage(view: View): Page {
  const { signIn } = view.locale.text;
  return cardPage(view, {
    title: signIn.signedOutTitle,
    content: html`<header>
<h1>${signIn.signedOut}</h1>
<p>${signIn.signedOutNote}</p>
</header>
${nextLink({ label: signIn.again, path: '/sign-in' })}`,
  });
}

/**
 * Sends the browser on by itself. A redirect straight from the form's answer would not do: browsers hold the whole
 * chain against the form page's `form-action`, and the chain may end at a client's own origin. A page in between
 * starts a new navigation.
 */
export function renderContinuePage(view: View, path: string): Page {
  const { signIn, frame } = view.locale.text;
  const page = cardPage(view, {
    title: signIn.signedInTitle,
    content: html`<header>
<h1>${signIn.signedIn}</h1>
<p>${signIn.onward}</p>
</header>
${nextLink({ label: frame.continue, path })}`,
  });
  return { ...page, headers: { ...page.headers, refresh: `0; url=${path}` } };
}

const nextLink = ({ label, path }: { label: string; path: string }): Html =>
  html`<a class="button wide" href="${path}">${label}</a>`;

function withFoot(parts: readonly (string | undefined)[]): { foot?: string } {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? {} : { foot: known.join(' · ') };
}
