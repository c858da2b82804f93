import { html } from '#signin';

/** As the hosted pages escape it: safe as text and inside quoted attributes. */
export const escaped = (text: string): string => html`${text}`.toString();
