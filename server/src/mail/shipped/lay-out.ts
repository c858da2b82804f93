import type { TemplateText } from '../render-mail.ts';

/** A mail's words; how it looks is the same for all. Every text is Liquid. */
export interface Letter {
  subject: string;
  greeting: string;
  /** In this order: a paragraph, a button, or a code to type. */
  parts: readonly (string | { button: string; link: string } | { code: string })[];
  foot: string;
}

/** Plain text and HTML of one letter. The HTML asks for nothing from outside: no image, no style sheet, no font. */
export function layOut({ subject, greeting, parts, foot }: Letter, locale: string): TemplateText {
  const text = parts.map((part) => {
    if (typeof part === 'string') return part;
    return 'code' in part ? `    {{ ${part.code} }}` : `${part.button}:\n{{ ${part.link} }}`;
  });
  const html = parts.map((part) => {
    if (typeof part === 'string') return `<p style="margin:0 0 16px">${part}</p>`;
    if ('code' in part) return `<p style="${CODE}">{{ ${part.code} }}</p>`;
    return `<p style="margin:0 0 16px"><a href="{{ ${part.link} }}" style="${BUTTON}">${part.button}</a></p>`;
  });
  return {
    subject,
    text: `${[greeting, ...text].join('\n\n')}\n\n-- \n${foot}\n`,
    html: `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:34em;margin:0 auto">
<p style="margin:0 0 16px">${greeting}</p>
${html.join('\n')}
<p style="margin:32px 0 0;font-size:13px;opacity:.7">${foot}</p>
</div>
</body>
</html>
`,
  };
}

const BUTTON =
  'display:inline-block;padding:12px 20px;border-radius:8px;background:#1f4fd8;color:#ffffff;text-decoration:none';
const CODE = 'margin:0 0 16px;font:600 28px/1.2 ui-monospace,monospace;letter-spacing:4px';
