/** Longest that is stored: browsers send some two hundred characters. */
export const USER_AGENT_LENGTH_MAX = 512;

/** First match wins: Edge and Opera also say "Chrome", and Chrome also says "Safari". */
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bHeadlessChrome\/|\bChrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
] as const;

const SYSTEMS = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** By language; who reads none of them reads English. */
const WORDS: Readonly<Record<string, { on: string; unknown: string }>> = {
  de: { on: 'auf', unknown: 'Unbekanntes Gerät' },
};
const ENGLISH = { on: 'on', unknown: 'Unknown device' };

/** "Firefox on Windows": enough for a person to recognise a session. What the browser says of itself, not a fact. */
export function describeUserAgent(userAgent: string, locale = 'en'): string {
  const { on, unknown } = WORDS[locale.toLowerCase().split('-')[0] ?? ''] ?? ENGLISH;
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser === undefined) return system ?? unknown;
  return system === undefined ? browser : `${browser} ${on} ${system}`;
}
