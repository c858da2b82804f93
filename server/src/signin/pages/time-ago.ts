const UNITS = [
  { unit: 'day', milliseconds: 86_400_000 },
  { unit: 'hour', milliseconds: 3_600_000 },
  { unit: 'minute', milliseconds: 60_000 },
] as const;

const FORMAT = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** "3 hours ago". Relative, because without a script the page cannot know the reader's time zone. */
export function timeAgo(at: number, now: number): string {
  const elapsed = Math.max(0, now - at);
  for (const { unit, milliseconds } of UNITS) {
    if (elapsed >= milliseconds) return FORMAT.format(-Math.floor(elapsed / milliseconds), unit);
  }
  return 'just now';
}
