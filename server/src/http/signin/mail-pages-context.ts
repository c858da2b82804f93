import type { CompleteRegistrationDeps, ResetDeps } from '#signin';
import type { PagesContext, SigninPagesDeps } from './pages-context.ts';

export type MailPagesDeps = SigninPagesDeps & ResetDeps & CompleteRegistrationDeps;
export type MailPagesContext = PagesContext & MailPagesDeps;
