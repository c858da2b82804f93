/**
 * Markup that escapes what is put into it. Every page is built with {@link html}: a value from outside can become text
 * or a quoted attribute, never markup. The only way to put markup in is markup made by `html` itself.
 */
export class Html {
  /** Private, so that no other object, and no JSON from outside, can pass for markup. */
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  static isHtml(value: unknown): value is Html {
    return typeof value === 'object' && value !== null && #text in value;
  }
}

export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * `html\`<p title="${title}">${text}</p>\``. `undefined` and `false` put in nothing, so a part can be left out with `&&`.
 * An attribute value must be quoted in the template: without quotes a space would start a new attribute, so that is
 * refused when the page is first rendered.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const texts = parts.map((part, index) => {
    if (index >= values.length) return part;
    if (part.endsWith('=')) throw new TypeError('html: quote the attribute value that a template puts in');
    return part + toMarkup(values[index]);
  });
  return new Html(texts.join(''));
}

function toMarkup(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (Html.isHtml(value)) return value.toString();
  if (Array.isArray(value)) return value.map(toMarkup).join('');
  return escapeHtml(String(value));
}

/** Safe as text and inside quoted attributes. Control characters that HTML forbids, NUL among them, are dropped. */
export function escapeHtml(text: string): string {
  // Nearly every text has none of them, and is looked through once.
  if (!SPECIAL.test(text)) return text;
  return text
    .replaceAll(CONTROLS, (control) => (ALLOWED_CONTROLS.includes(control) ? control : ''))
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** HTML Living Standard §13.1.2.3: text must not hold controls other than ASCII whitespace. */
const CONTROLS = /\p{Cc}/gu;
const SPECIAL = /[&<>"'\p{Cc}]/u;
const ALLOWED_CONTROLS = '\t\n\f\r';
