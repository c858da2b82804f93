import type { AnswerOf, BodyOf } from '@gatehouse/sdk/admin';

/** What the Admin API says about decisions, by names that are said more than once. */
export type WhatIf = AnswerOf<'post', '/api/v1/decisions/what-if'>;
export type WhatIfQuestion = NonNullable<BodyOf<'post', '/api/v1/decisions/what-if'>>;
export type Change = NonNullable<WhatIfQuestion['changes']>[number];
export type Suggestion = WhatIf['suggestions'][number];
export type PolicyWalk = WhatIf['policies'][number];
export type AskedRelationship = WhatIf['relationships'][number];
export type Decided = WhatIf['decision'];
export type Explanation = AnswerOf<'get', '/api/v1/decisions/{decisionId}/explanation'>;
export type AccessRecord = AnswerOf<'get', '/api/v1/access-records'>['items'][number];

/** The question as policies saw it. The API leaves it open; these are the members that are drawn. */
export interface AskedRequest {
  principal?: {
    type?: string;
    id?: string;
    organizationId?: string;
    roles?: string[];
    groups?: string[];
    scopes?: string[];
    acr?: string;
    amr?: string[];
    authTime?: number;
    credential?: { type?: string; id?: string };
  };
  principalAttributes?: Record<string, unknown>;
  principalEntityType?: string;
  action?: string;
  resource?: { type?: string; id?: string; attributes?: Record<string, unknown> };
  context?: Record<string, unknown>;
  requiredScopes?: string[];
  requiredRoles?: string[];
  policyRequired?: boolean;
}
