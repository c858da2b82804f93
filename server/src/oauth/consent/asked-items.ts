import { type AuthorizationDetail, isForApi } from '../clients/authorization-details.ts';
import type { Api, Client } from '../clients/client-directory.ts';
import { IDENTITY_SCOPES } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import type { AskedDetail, AskedScope } from '../ports.ts';
import { type Params, param } from '../protocol/read-params.ts';

/** What a client asks a person for, and after the answer what the person gave. */
export interface Wanted {
  scopes: readonly string[];
  apis: readonly Api[];
  details: readonly AuthorizationDetail[];
}

/** What a page shows, one tick each. */
export interface AskedItems {
  scopes: AskedScope[];
  details: AskedDetail[];
}

/** Nobody reads more; such a page is answered as a whole, and its form stays within what forms may hold. */
const CHOICES_MAX = 30;

/**
 * What the person reads. Each item may be unticked but `openid`, without which there is no sign-in, what the client
 * declares that it can't do without, and the only one, for which there is the other button.
 */
export function describeWanted(client: Client, { scopes, apis, details }: Wanted): AskedItems {
  const count = scopes.length + details.length;
  const isWhole = count === 1 || count > CHOICES_MAX;
  const { requiredScopes = [], requiredAuthorizationDetailTypes = [] } = client.spec;
  return {
    scopes: scopes.map((scope) => ({
      scope,
      description: IDENTITY_SCOPES.get(scope) ?? knownBy(apis, scope)?.scopes.get(scope) ?? scope,
      isRequired: isWhole || scope === 'openid' || requiredScopes.includes(scope),
    })),
    details: details.map((detail) => ({
      ...describeDetail(apis, detail),
      isRequired: isWhole || requiredAuthorizationDetailTypes.includes(detail.type),
    })),
  };
}

/**
 * What the person ticked of what was asked for, and never anything else: the form names items by their place in what the
 * page showed, and `choice` those that could be unticked. A form without it comes from a page that offered none.
 * @returns undefined when nothing is left. @throws `interaction_invalid` where the client has come to demand what was unticked.
 */
export function givenOf(client: Client, wanted: Wanted, params: Params): Wanted | undefined {
  const offered = new Set((param(params, 'choice') ?? '').split(' '));
  const items = describeWanted(client, wanted);
  const isGiven = (name: string, item: { isRequired: boolean } | undefined) => {
    if (!offered.has(name) || param(params, name) !== undefined) return true;
    // Neither against the person's word nor without what the client can't do without: the page is asked for anew.
    if (item?.isRequired !== false) throw oauthErrors.interaction_invalid();
    return false;
  };
  const scopes = wanted.scopes.filter((_, index) => isGiven(`scope.${index}`, items.scopes[index]));
  const details = wanted.details.filter((_, index) => isGiven(`detail.${index}`, items.details[index]));
  if (scopes.length === 0 && details.length === 0)
    return wanted.scopes.length + wanted.details.length === 0 ? wanted : undefined;
  return { scopes, details, apis: wanted.apis.filter((api) => isStillFor(api, wanted, { scopes, details })) };
}

/** For the audit log: what was given, or what was declined, and what was unticked. */
export function consentDetail(wanted: Wanted, given: Wanted | undefined): Record<string, string> {
  const { scopes, details } = given ?? wanted;
  const unticked = wanted.scopes.filter((scope) => given?.scopes.includes(scope) === false);
  return {
    scope: scopes.join(' '),
    ...(details.length === 0 ? {} : { authorization_details: JSON.stringify(details) }),
    ...(unticked.length === 0 ? {} : { unticked: unticked.join(' ') }),
  };
}

/**
 * An API of whose scopes and details nothing is left gets no token: one without scopes is still one, and may be enough
 * there. Where none was asked for by name, the client wanted just that, and the person was asked about it.
 */
function isStillFor(api: Api, wanted: Omit<Wanted, 'apis'>, given: Omit<Wanted, 'apis'>): boolean {
  return !concerns(api, wanted) || concerns(api, given);
}

const concerns = (api: Api, { scopes, details }: Omit<Wanted, 'apis'>) =>
  scopes.some((scope) => !IDENTITY_SCOPES.has(scope) && api.scopes.has(scope)) ||
  details.some((detail) => isForApi(api, detail));

const knownBy = (apis: readonly Api[], scope: string) => apis.find(({ scopes }) => scopes.has(scope));

/** RFC 9396 §11: the person sees every value that they agree to, and not what a client says about it. */
function describeDetail(apis: readonly Api[], detail: AuthorizationDetail) {
  const { type, ...values } = detail;
  const api = apis.find(({ detailTypes }) => detailTypes.has(type));
  return { type, description: api?.detailTypes.get(type)?.description ?? type, values: flatten(values) };
}

/** `amount.currency: EUR`, one line a value: whatever nests is told by its path. */
function flatten(value: unknown, path = ''): { name: string; value: string }[] {
  if (typeof value !== 'object' || value === null) return [{ name: path, value: String(value) }];
  return Object.entries(value).flatMap(([name, each]) => flatten(each, path === '' ? name : `${path}.${name}`));
}
