import type { X509Certificate } from 'node:crypto';

/** As Node writes them, and as a client declares them (RFC 8705 §2.1.2). */
const NAME_KINDS = new Map([
  ['DNS', 'sanDns'],
  ['URI', 'sanUri'],
  ['IP Address', 'sanIp'],
  ['email', 'sanEmail'],
]);

/** One entry of Node's `subjectAltName`: a value that holds a comma or a quote is written as a JSON string. */
const ENTRY = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;

/** The names a certificate is for, by kind. Nothing of a list that can't be read to its end is believed. */
export function readSubjectNames({ subject, subjectAltName = '' }: X509Certificate): Map<string, string[]> {
  // Node lists the most general part first, RFC 4514 §2.1 last.
  const names = new Map<string, string[]>([['subjectDn', [subject.split('\n').reverse().join(',')]]]);
  const found: [kind: string, value: string][] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < subjectAltName.length) {
    const [, label = '', value = ''] = ENTRY.exec(subjectAltName) ?? [];
    if (label === '') return names;
    found.push([NAME_KINDS.get(label) ?? label, value.startsWith('"') ? String(JSON.parse(value)) : value]);
  }
  for (const [kind, value] of found) names.set(kind, [...(names.get(kind) ?? []), value]);
  return names;
}
