import { isDeepStrictEqual } from 'node:util';
import { oauthErrors } from '../errors.ts';
import { isRecord, readJsonText } from '../protocol/json-text.ts';
import { printable } from '../protocol/read-params.ts';
import type { Api, Client } from './client-directory.ts';

/** RFC 9396 §2: what exactly is asked for, in the words of the API that declares the type. */
export type AuthorizationDetail = Readonly<Record<string, unknown>> & { readonly type: string };

const DETAILS_MAX = 10;

interface Asking {
  client: Client;
  /** APIs that the client may call. */
  apis: readonly Api[];
  /** As asked for; empty: none named. */
  resources: readonly string[];
}

/** @throws `authorization_details_invalid` that says which entry, and where the API's schema is broken. */
export function readAuthorizationDetails(
  text: string | undefined,
  { client, apis, resources }: Asking,
): readonly AuthorizationDetail[] {
  if (text === undefined) return [];
  const value = readJsonText(text);
  if (!Array.isArray(value) || value.length === 0 || value.length > DETAILS_MAX) {
    throw invalid(`it must be a JSON array of 1 to ${DETAILS_MAX} objects, of at most 10 levels`);
  }
  return value.map((detail: unknown, index) => {
    if (!isRecord(detail) || typeof detail.type !== 'string') throw invalid(`entry ${index} has no type`);
    const { type } = detail;
    const declaring = apis.filter((api) => api.detailTypes.has(type));
    if (client.spec.authorizationDetailTypes?.includes(type) !== true || declaring.length === 0) {
      throw invalid(`the client may not ask for the type ${printable(type)}; add it to authorizationDetailTypes`);
    }
    const { locations = resources } = detail;
    if (!Array.isArray(locations)) throw invalid(`locations of entry ${index} must be a list`);
    const api = declaring.find(({ audience }) => locations.length === 0 || locations.includes(audience));
    if (api === undefined || (resources.length > 0 && !resources.includes(api.audience))) {
      throw invalid(`entry ${index} is for another API than the requested resource`);
    }
    const problem = api.detailTypes.get(type)?.problemOf(detail);
    if (problem !== undefined) throw invalid(`entry ${index} does not fit its type: ${problem}`);
    return { ...detail, type };
  });
}

/** Does the API declare the type, and is the entry meant for it? */
export function isForApi(api: Api, { type, locations }: AuthorizationDetail): boolean {
  return api.detailTypes.has(type) && (!Array.isArray(locations) || locations.includes(api.audience));
}

/** Audiences of the APIs that the details are for. */
export function detailApis(apis: readonly Api[], details: readonly AuthorizationDetail[]): string[] {
  return apis.filter((api) => details.some((detail) => isForApi(api, detail))).map(({ audience }) => audience);
}

/**
 * RFC 9396 §7: at the token endpoint the request may name some of what was granted, and nothing else. Compared whole:
 * what would be "less" within an entry only its API could say.
 */
export function narrowedDetails(
  granted: readonly AuthorizationDetail[],
  text: string | undefined,
): readonly AuthorizationDetail[] {
  if (text === undefined) return granted;
  const asked = readJsonText(text);
  if (!Array.isArray(asked)) throw invalid('it must be a JSON array');
  return asked.map((detail: unknown, index) => {
    const found = granted.find((each) => isDeepStrictEqual(each, detail));
    if (found === undefined) throw invalid(`entry ${index} was not granted`);
    return found;
  });
}

function invalid(problem: string) {
  return oauthErrors.authorization_details_invalid({
    message: `authorization_details was refused: ${problem} (RFC 9396).`.slice(0, 400),
  });
}
