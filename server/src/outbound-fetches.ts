import { readFileSync } from 'node:fs';
import { createSafeFetch } from '#base';
import { type Configuration, configurationErrors } from '#configuration';
import type { OutboundFetches } from '#oauth';

/**
 * The guarded fetch for each purpose: public addresses over https, and the networks that the operator opened to that purpose.
 * @throws `configuration_invalid`
 */
export function outboundFetches({ authorities, ...ranges }: Configuration['outbound']): OutboundFetches {
  const certificates = authorities === undefined ? {} : { certificates: [readPem(authorities)] };
  const fetchFor = (purpose: keyof OutboundFetches) =>
    createSafeFetch({ ...certificates, allowRanges: ranges[purpose], allowHttp: 'in_ranges' });
  return { clients: fetchFor('clients'), issuers: fetchFor('issuers'), backChannel: fetchFor('backChannel') };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const message = `outbound.authorities: ${path} could not be read. Check the path and its permissions.`;
    throw configurationErrors.configuration_invalid({ message, cause });
  }
}
