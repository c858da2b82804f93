import { oauthErrors } from '../errors.ts';
import { established } from '../protocol/endpoint.ts';
import { isRecord, readJsonText } from '../protocol/json-text.ts';
import { param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

const CLAIMS_MAX = 50;
const NAME_LENGTH_MAX = 100;

/**
 * The `claims` parameter: a claim is no way around the scope that people are asked about. Those that a scope tells are asked
 * for as that scope, where scopes are chosen.
 */
export function readClaims(context: AuthorizationContext): undefined {
  const text = param(context.request.params, 'claims');
  if (text === undefined) return;
  const value = readJsonText(text);
  if (!isRecord(value)) throw malformed('must be a JSON object of at most 10 levels');
  const idToken = readSection(value.id_token);
  const userinfo = readSection(value.userinfo);
  const acr = acrOf(idToken.acr);
  const sub = isRecord(idToken.sub) ? idToken.sub.value : undefined;
  if (sub !== undefined) {
    const text = demandText(sub, 'sub');
    // One that was made for another sector is nobody's here.
    context.subject = context.deps.subjects.reveal(established(context, 'client'), 'subject', text) ?? text;
  }
  context.claims = {
    idToken: Object.keys(idToken),
    userinfo: Object.keys(userinfo),
    ...(acr === undefined ? {} : { acr }),
  };
}

/** Unknown members of the parameter are left aside (§5.5); what stands under the known ones is looked at. */
function readSection(section: unknown): Record<string, unknown> {
  if (section === undefined || section === null) return {};
  if (!isRecord(section)) throw malformed('id_token and userinfo must be objects');
  const entries = Object.entries(section);
  const fit = entries.every(([name, wish]) => name.length <= NAME_LENGTH_MAX && (wish === null || isRecord(wish)));
  if (entries.length > CLAIMS_MAX || !fit) throw malformed('every claim must be null or an object');
  return section;
}

function acrOf(wish: unknown): readonly string[] | undefined {
  if (!isRecord(wish) || wish.essential !== true) return undefined;
  const values = wish.values ?? (wish.value === undefined ? undefined : [wish.value]);
  if (values === undefined) return undefined;
  if (!Array.isArray(values) || values.length > CLAIMS_MAX) throw malformed('acr.values must be a list');
  return values.map((value) => demandText(value, 'acr'));
}

function demandText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= NAME_LENGTH_MAX) return value;
  throw malformed(`${name} must be a text`);
}

function malformed(what: string) {
  return oauthErrors.parameter_malformed({
    message: `The parameter claims can not be read: ${what} (OpenID Connect Core section 5.5).`,
  });
}
