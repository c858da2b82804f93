import { resolve } from 'node:path';
import { z } from 'zod';
import { addressRange, RANGES_MAX } from './listener-schema.ts';

const ranges = (what: string) =>
  z
    .array(addressRange.refine((text) => text.includes('/'), 'must be a range; one address is 10.1.2.3/32'))
    .max(RANGES_MAX)
    .default([])
    .describe(`Ranges of your own network in which ${what} may be. Plain http is taken there, and nowhere else.`);

/** Private networks, opened on purpose and for one purpose each. */
export const outbound = z
  .strictObject({
    authorities: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('PEM file of authorities that are trusted for these besides the system’s. Read at the start.'),
    clients: ranges('what clients say of themselves (metadata documents, key sets, request objects)'),
    issuers: ranges('metadata and key sets of other issuers'),
    backChannel: ranges('targets of back-channel logout and of CIBA’s pings'),
    webhooks: ranges('receivers of webhooks'),
    signIn: ranges('services that sign-in policies name (breached passwords, challenges)'),
  })
  .describe('What others name is fetched from public addresses alone, over https, unless said otherwise here.');

export type Outbound = z.output<typeof outbound>;

/** With absolute paths. */
export const outboundIn = (folder: string, { authorities, ...ranges }: Outbound): Outbound => ({
  ...ranges,
  ...(authorities === undefined ? {} : { authorities: resolve(folder, authorities) }),
});
