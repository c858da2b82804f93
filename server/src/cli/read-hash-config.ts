import { cliErrors } from './errors.ts';

/** As Firebase's console shows them, and as its API names them. */
const NAMES: Readonly<Record<string, 'signerKey' | 'saltSeparator' | 'rounds' | 'memCost'>> = {
  base64_signer_key: 'signerKey',
  signerKey: 'signerKey',
  base64_salt_separator: 'saltSeparator',
  saltSeparator: 'saltSeparator',
  rounds: 'rounds',
  mem_cost: 'memCost',
  memCost: 'memCost',
};

/** Values hold no quotes, commas, braces or spaces: base64 and numbers. */
const PAIR = /"?(\w+)"?\s*:\s*"?([^",\s{}]+)"?/g;

/**
 * The hash parameters of a Firebase project: the text under Authentication → Password hash parameters as it stands there,
 * or JSON.
 */
export function readHashConfig(text: string): Record<string, string> {
  const config = Object.fromEntries(
    [...text.matchAll(PAIR)].flatMap(([, name = '', value = '']) => {
      const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
      return known === undefined ? [] : [[known, value]];
    }),
  );
  const missing = [...new Set(Object.values(NAMES))].filter((name) => config[name] === undefined);
  if (missing.length === 0) return config;
  const message = `--hash-config lacks ${missing.join(', ')}. Copy the whole hash_config { … } from the project’s console.`;
  throw cliErrors.usage({ message });
}
