import { cliErrors } from './errors.ts';

/** An API key of ours as it is issued (docs/guides/api-keys.md). */
const KEY = /gh_(live|test)_[0-9A-Za-z]{33}/g;
const SHOWN_PREFIX_LENGTH = 12;
const SHOWN_END_LENGTH = 4;

/** The text with every key in it as lists show it. A search is part of an address, and addresses are written into logs. */
export const shownOf = (text: string): string =>
  text.replaceAll(KEY, (key) => `${key.slice(0, SHOWN_PREFIX_LENGTH)}…${key.slice(-SHOWN_END_LENGTH)}`);

/**
 * The part of an address that names a key by its id.
 * @throws `usage` when it is the key itself: it must not be sent in an address
 */
export function keyPath(id: string): string {
  if (shownOf(id) !== id) {
    const message = `That is the key itself, and this takes its id: gatehouse keys list --search '${shownOf(id)}' finds it. Did it get into the wrong hands? gatehouse breach takes the key, from standard input.`;
    throw cliErrors.usage({ message });
  }
  return `/keys/${encodeURIComponent(id)}`;
}
