/** An API key of ours as it is issued (docs/guides/api-keys.md). */
const KEY = /gh_(live|test)_[0-9A-Za-z]{33}/g;
const SHOWN_PREFIX_LENGTH = 12;
const SHOWN_END_LENGTH = 4;

/** The text with every key in it as lists show it. What is searched stands in addresses, and those are kept and sent around. */
export const withShownKeys = (text: string): string =>
  text.replaceAll(KEY, (key) => `${key.slice(0, SHOWN_PREFIX_LENGTH)}…${key.slice(-SHOWN_END_LENGTH)}`);
