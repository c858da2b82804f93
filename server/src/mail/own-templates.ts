import type { ResourceSnapshot } from '#resources';
import type { FindOwnTemplate } from './compose-mail.ts';
import type { MailTemplateSpec } from './mail-template-kind.ts';

/** Looks a tenant's own template up among its resources. There are a few dozen at most. */
export function ownTemplates(snapshot: Pick<ResourceSnapshot<MailTemplateSpec>, 'all'>): FindOwnTemplate {
  return (tenantId, name, locale) =>
    snapshot.all(tenantId).find(({ spec }) => spec.template === name && spec.locale.toLowerCase() === locale)?.spec;
}
