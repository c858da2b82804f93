import { z } from 'zod';
import type { FieldError } from '#base';

/** As a host is written in lower case: letters, digits, hyphens and dots. */
const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** How its people are named to a client. */
export const sectorFields = {
  subjectType: z
    .enum(['public', 'pairwise'])
    .optional()
    .describe('pairwise: people have names of their own for each sector, which no other sector can match.'),
  sectorIdentifier: z
    .string()
    .regex(HOST, 'must be a host name, such as app.example.com')
    .optional()
    .describe(
      'For pairwise: clients of one sector are told the same names. The host of the redirect URIs unless said otherwise.',
    ),
} as const;

interface SectorSpec {
  subjectType?: 'public' | 'pairwise' | undefined;
  sectorIdentifier?: string | undefined;
  redirectUris: readonly string[];
}

/** The sector of a client's pairwise subjects (OpenID Connect Core §8.1); undefined for public ones. */
export function sectorOf(spec: SectorSpec): string | undefined {
  if (spec.subjectType !== 'pairwise') return undefined;
  const [host, ...others] = hostsOf(spec);
  // Nothing that was checked gets here without one; and nobody's id is ever told instead.
  return spec.sectorIdentifier ?? (others.length === 0 && host !== undefined ? host : 'none');
}

/** Rules across fields. */
export function checkSector(spec: SectorSpec): FieldError[] {
  if (spec.subjectType !== 'pairwise') {
    if (spec.sectorIdentifier === undefined) return [];
    return [{ path: 'sectorIdentifier', message: 'Only pairwise subjects have a sector. Set subjectType: pairwise.' }];
  }
  if (spec.sectorIdentifier !== undefined || hostsOf(spec).length === 1) return [];
  const message =
    'Say which sector the client belongs to: its redirect URIs are on no https host, or on several (OpenID Connect Core §8.1).';
  return [{ path: 'sectorIdentifier', message }];
}

/** Of https addresses alone: every device has a `localhost`, and a private scheme is anybody's. */
const hostsOf = ({ redirectUris }: SectorSpec) => [
  ...new Set(redirectUris.filter((uri) => uri.startsWith('https://')).map((uri) => new URL(uri).hostname)),
];
