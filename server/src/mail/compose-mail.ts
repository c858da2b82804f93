import { GatehouseError, type Logger } from '#base';
import type { LetterContent } from './letter-content.ts';
import { localeChain } from './locale.ts';
import type { MailTemplateName } from './mail-templates.ts';
import { type RenderedMail, renderMail, type TemplateText } from './render-mail.ts';
import { shippedTemplate } from './shipped-templates.ts';

/** A tenant's own template for this mail in this language (in lower case), if it has one. */
export type FindOwnTemplate = (tenantId: string, name: MailTemplateName, locale: string) => TemplateText | undefined;

export interface ComposeDeps {
  ownTemplate: FindOwnTemplate;
  /** What the mails call the house, and where it is. */
  product: string;
  host: string;
  log: Logger;
}

/**
 * The mail in the best language there is. The tenant's own words come before ours, language by language; where they
 * fail on values they were never tried with, ours take their place: someone is waiting for this mail.
 * @throws `mail_header_refused`, `mail_template_refused` when even ours fail
 */
export function composeMail(
  { ownTemplate, product, host, log }: ComposeDeps,
  { tenantId, template, content }: { tenantId: string; template: MailTemplateName; content: LetterContent },
): RenderedMail & { locale: string } {
  const values = { name: '', ...content.values, product, host };
  const locales = localeChain(content.locale);
  const own = locales.flatMap((locale) => candidate(locale, ownTemplate(tenantId, template, locale), true));
  const shipped = locales.flatMap((locale) => candidate(locale, shippedTemplate(template, locale), false));
  const wanted = [...own, ...shipped].sort(
    (left, right) => locales.indexOf(left.locale) - locales.indexOf(right.locale),
  );
  let failure: unknown;
  for (const { text, locale, isOwn } of wanted) {
    try {
      return { ...renderMail(text, values), locale };
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      failure = error;
      log.warn({ err: error, template, locale, own: isOwn }, 'a mail template failed; the next one is tried');
    }
  }
  throw failure;
}

function candidate(locale: string, text: TemplateText | undefined, isOwn: boolean) {
  return text === undefined ? [] : [{ locale, text, isOwn }];
}
