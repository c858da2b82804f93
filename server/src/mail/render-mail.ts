import { mailErrors } from './errors.ts';
import { COMMON_VALUES, MAIL_TEMPLATES, type MailTemplateName } from './mail-templates.ts';
import { renderTemplate } from './template-engine.ts';

/** As it is written: Liquid in all three parts. */
export interface TemplateText {
  subject: string;
  text: string;
  html?: string | undefined;
}

export interface RenderedMail {
  subject: string;
  text: string;
  html?: string;
}

/** RFC 5322 §2.1.1 allows 998 characters in a line; nobody reads that many. */
const SUBJECT_LENGTH_MAX = 250;
const CONTROLS = /\p{Cc}|\p{Zl}|\p{Zp}/u;

/** @throws `mail_template_refused`, `mail_header_refused` */
export function renderMail(template: TemplateText, values: Readonly<Record<string, string>>): RenderedMail {
  const subject = renderTemplate(template.subject, values, 'text').trim();
  // A line break in the subject would begin another header, or the body (RFC 5322 §2.2).
  if (CONTROLS.test(subject)) throw mailErrors.mail_header_refused();
  if (subject === '' || subject.length > SUBJECT_LENGTH_MAX) {
    throw mailErrors.mail_template_refused({
      message: `The subject must have between 1 and ${SUBJECT_LENGTH_MAX} characters.`,
    });
  }
  const text = renderTemplate(template.text, values, 'text');
  const html = template.html === undefined ? {} : { html: renderTemplate(template.html, values, 'html') };
  return { subject, text, ...html };
}

/** Tries a template before it is accepted, with values like those it will meet and once more with nobody's name. */
export function tryTemplate(name: MailTemplateName, template: TemplateText): void {
  const values = { ...COMMON_VALUES, ...MAIL_TEMPLATES[name].values };
  renderMail(template, values);
  renderMail(template, { ...values, name: '' });
}
