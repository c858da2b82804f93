/** Field names that the transport itself reads; 0 is any other. */
export const FIELD = {
  other: 0,
  host: 1,
  contentLength: 2,
  transferEncoding: 3,
  connection: 4,
  expect: 5,
} as const;

export interface FieldName {
  readonly lower: string;
  readonly field: number;
}

const READ_BY_TRANSPORT: Readonly<Record<string, number>> = {
  host: FIELD.host,
  'content-length': FIELD.contentLength,
  'transfer-encoding': FIELD.transferEncoding,
  connection: FIELD.connection,
  expect: FIELD.expect,
};

/** What nearly every request carries. Only a short cut: any other name is lower-cased as it comes. */
const USUAL =
  `host user-agent accept accept-encoding accept-language authorization content-type content-length connection cookie
  origin referer cache-control pragma x-api-key x-forwarded-for x-forwarded-proto x-forwarded-host x-real-ip x-request-id
  traceparent tracestate transfer-encoding expect if-none-match if-modified-since upgrade-insecure-requests
  sec-fetch-site sec-fetch-mode sec-fetch-dest sec-fetch-user te dnt range forwarded via priority`.split(/\s+/);

const BY_SPELLING = new Map<string, FieldName>();
for (const lower of USUAL) {
  const entry = { lower, field: READ_BY_TRANSPORT[lower] ?? FIELD.other };
  BY_SPELLING.set(lower, entry);
  BY_SPELLING.set(
    lower.replaceAll(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase()),
    entry,
  );
}

/** The name in lower case, and whether the transport reads it. */
export function fieldNameOf(spelled: string): FieldName {
  const known = BY_SPELLING.get(spelled);
  if (known !== undefined) return known;
  const lower = spelled.toLowerCase();
  return BY_SPELLING.get(lower) ?? { lower, field: FIELD.other };
}
