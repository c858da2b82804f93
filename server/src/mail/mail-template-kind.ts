import { z } from 'zod';
import { GatehouseError } from '#base';
import { defineKind } from '#resources';
import { LOCALE } from './locale.ts';
import { MAIL_TEMPLATE_NAMES } from './mail-templates.ts';
import { tryTemplate } from './render-mail.ts';

const SOURCE_LENGTH_MAX = 50_000;

const schema = z.strictObject({
  description: z.string().max(1024).optional().describe('For people: why it differs from the one that is shipped.'),
  template: z.enum(MAIL_TEMPLATE_NAMES).describe('Which mail it is instead of.'),
  locale: z.string().regex(LOCALE, 'use a language such as en, de or pt-BR').describe('Language it is written in.'),
  subject: z.string().min(1).max(500).describe('One line; Liquid.'),
  text: z.string().min(1).max(SOURCE_LENGTH_MAX).describe('The mail as plain text; Liquid.'),
  html: z
    .string()
    .min(1)
    .max(SOURCE_LENGTH_MAX)
    .optional()
    .describe('The same as HTML; Liquid, with every value escaped. Left out, the mail is plain text.'),
});

export type MailTemplateSpec = z.output<typeof schema>;

export const mailTemplateKind = defineKind({
  kind: 'mail_template',
  plural: 'mail_templates',
  idKind: 'mailTemplate',
  description: 'A mail in the tenant’s own words, instead of the one that is shipped.',
  schema,
  check: (spec) => {
    try {
      tryTemplate(spec.template, spec);
      return [];
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      return [{ path: error.code === 'mail_header_refused' ? 'subject' : '', message: error.message }];
    }
  },
  conflicts: (resources) => {
    const seen = new Map<string, string>();
    return resources.flatMap(({ name, spec }) => {
      const key = `${spec.template} ${spec.locale.toLowerCase()}`;
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, name);
        return [];
      }
      const message = `is for the same mail in the same language as ${first}; keep one of them`;
      return [{ first, second: name, path: 'template', message }];
    });
  },
});
