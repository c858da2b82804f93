import { errorsOf } from '../../forms/errors-of.ts';

/** Refusals that are about one field, without saying so. */
const FIELD_OF: Readonly<Record<string, string>> = {
  api_key_lifetime_refused: 'expires',
  api_key_plan_unknown: 'plan',
  plan_beyond_own: 'plan',
  user_not_found: 'owner',
  service_account_not_found: 'owner',
  membership_not_found: 'owner',
};

interface Refusal {
  code: string;
  fields: readonly { path: string; message: string }[];
  message: string;
}

/**
 * What was refused of a key, at its fields: where it may be used are three fields of the form, and of a list that entry is
 * named which is wrong.
 */
export function keyErrorsOf({ code, fields, message }: Refusal, values: Readonly<Record<string, unknown>>) {
  const field = FIELD_OF[code];
  if (field !== undefined) return { [field]: message };
  const named = fields.map(({ path, message }) => {
    const [name = '', place] = path
      .replace(/^restrictions\./, '')
      .replace(/^expiresInSeconds$/, 'expires')
      .split('.');
    const list = values[name];
    const entry = Array.isArray(list) && place !== undefined ? list[Number(place)] : undefined;
    return { path: name, message: entry === undefined ? message : `${String(entry)}: ${message}` };
  });
  return errorsOf(named, message);
}
