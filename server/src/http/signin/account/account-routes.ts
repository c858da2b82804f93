import type { FastifyInstance } from 'fastify';
import type { PagesContext } from '../pages-context.ts';
import { applicationsSection } from './applications-section.ts';
import { dataSection } from './data-section.ts';
import { emailSection } from './email-section.ts';
import { factorsSection } from './factors-section.ts';
import { keysSection } from './keys-section.ts';
import { organizationsSection } from './organizations-section.ts';
import { passkeyOptionsRoute } from './passkey-options-route.ts';
import { profileSection } from './profile-section.ts';
import { type Section, sectionRoutes } from './section.ts';
import { securitySection } from './security-section.ts';
import { sessionsSection } from './sessions-section.ts';

/** A person's own account. No permission beyond being that person: every command is given their id, not one from outside. */
export function accountRoutes(app: FastifyInstance, context: PagesContext): void {
  const sections: readonly Section[] = [
    profileSection(context),
    emailSection(context),
    securitySection(context),
    factorsSection(context),
    sessionsSection(context),
    applicationsSection(context),
    keysSection(context),
    organizationsSection(context),
    dataSection(context),
  ];
  for (const section of sections) sectionRoutes(app, context, section);
  passkeyOptionsRoute(app, context);
}
