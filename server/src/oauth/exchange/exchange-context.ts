import type { Target } from '../clients/choose-target.ts';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import type { IssueRecorder } from '../grants/client-credentials.ts';
import type { IssueAccessTokenDeps } from '../grants/issue-access-token.ts';
import type { RequireStandingDeps } from '../grants/require-standing.ts';
import type { Sender } from '../grants/sender.ts';
import type { AuthorizerPort } from '../ports.ts';
import type { Params } from '../protocol/read-params.ts';
import type { ActClaim } from '../tokens/access-token-claims.ts';
import type { PresentedParty, ReadPartyDeps } from './presented-party.ts';

export type ExchangeDeps = ReadPartyDeps &
  IssueAccessTokenDeps &
  RequireStandingDeps & {
    clients: ClientDirectory;
    authorizer: AuthorizerPort;
    issued: IssueRecorder;
  };

/** Filled by the checks in order: each may rely on what those before it established. */
export interface ExchangeContext {
  deps: ExchangeDeps;
  client: Client;
  params: Params;
  sender: Sender;
  subjectTokenType?: string;
  subject?: PresentedParty;
  actor?: PresentedParty | undefined;
  act?: ActClaim | undefined;
  target?: Target;
}
