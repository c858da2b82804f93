import { accountName, errorSummary, hiddenFields, notice } from '../pages/form-parts.ts';
import { type Html, html } from '../pages/html.ts';
import { cardPage } from '../pages/layout.ts';
import type { Page } from '../pages/page-headers.ts';
import type { View } from '../pages/view.ts';

/** A card with a form on it, as recovery and registration have several. */
export function formPage(
  view: View,
  page: {
    title: string;
    intro: string;
    action: string;
    csrfToken: string;
    hidden?: Readonly<Record<string, string>>;
    fields: Html;
    submit: string;
    /** A path of ours, under the form. */
    elsewhere?: { label: string; path: string };
    /** Under the form, in forms of their own. */
    below?: Html;
    problem?: { message: string; status: number } | undefined;
    /** By field. Told together at the top, each leading to its field. */
    errors?: Readonly<Record<string, string>>;
    /** Whose password it is about, for password managers. */
    accountEmail?: string;
    foot: string;
  },
): Page {
  const { title, intro, action, csrfToken, hidden = {}, fields, submit, elsewhere, problem, errors = {}, foot } = page;
  return cardPage(view, {
    title,
    status: problem?.status ?? (Object.keys(errors).length > 0 ? 422 : 200),
    foot,
    content: html`<header>
<h1>${title}</h1>
<p>${intro}</p>
</header>
<form class="stack" method="post" action="${action}" novalidate>
${problem !== undefined && notice(problem.message, problem.status === 429 ? 'warn' : 'danger')}
${errorSummary(view, errors)}
${hiddenFields({ csrf_token: csrfToken, ...hidden })}
${page.accountEmail !== undefined && accountName(page.accountEmail)}
${fields}
<button type="submit">${submit}</button>
</form>
${page.below}
${elsewhere !== undefined && html`<p class="elsewhere"><a href="${elsewhere.path}">${elsewhere.label}</a></p>`}`,
  });
}

/** Says that something is done, and where to go on. */
export function donePage(
  view: View,
  { title, message, next }: { title: string; message: string; next: { label: string; path: string } },
): Page {
  return cardPage(view, {
    title,
    content: html`<header>
<h1>${title}</h1>
<p>${message}</p>
</header>
<a class="button wide" href="${next.path}">${next.label}</a>`,
  });
}
