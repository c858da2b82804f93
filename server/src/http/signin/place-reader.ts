import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressRanges } from '#base';
import type { Place } from '#signin';
import { valuesOf } from '../oauth/header-values.ts';

/** Which headers of a proxy in front say where a request comes from. */
export interface GeoHeaders {
  country: string;
  region?: string | undefined;
  latitude?: string | undefined;
  longitude?: string | undefined;
}

export type PlaceReader = (request: Pick<FastifyRequest['raw'], 'socket' | 'rawHeaders'>) => Place | undefined;

const REGION_LENGTH_MAX = 60;
/** ISO 3166-1; proxies say `XX` for what they don't know. */
const COUNTRY = /^(?!XX)[A-Z]{2}$/;

declare module 'fastify' {
  interface FastifyRequest {
    place?: Place | undefined;
  }
}

/**
 * Believed from proxies in `trustedProxies` alone, and said once: whoever reaches us in another way could write anything
 * there. Coordinates are rounded to whole degrees before anything is kept.
 */
export function placeReader(geo: GeoHeaders | undefined, trustedProxies: readonly string[]): PlaceReader {
  if (geo === undefined || trustedProxies.length === 0) return () => undefined;
  const isTrusted = addressRanges(trustedProxies);
  return ({ socket, rawHeaders }) => {
    if (!isTrusted(socket.remoteAddress ?? '')) return undefined;
    const read = (header: string | undefined) => {
      const [value, ...others] = header === undefined ? [] : valuesOf(rawHeaders, header.toLowerCase());
      return others.length > 0 ? undefined : value?.trim();
    };
    const country = read(geo.country)?.toUpperCase() ?? '';
    if (!COUNTRY.test(country)) return undefined;
    const region = readRegion(read(geo.region));
    const [latitude, longitude] = [degrees(read(geo.latitude), 90), degrees(read(geo.longitude), 180)];
    return {
      country,
      ...(region === undefined ? {} : { region }),
      ...(latitude === undefined || longitude === undefined ? {} : { latitude, longitude }),
    };
  };
}

/** Header values reach us as Latin-1; proxies write UTF-8. What is neither is left out. */
function readRegion(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const region = Buffer.from(text, 'latin1').toString('utf8');
  return region.length > REGION_LENGTH_MAX || /[\p{C}\ufffd]/u.test(region) ? undefined : region;
}

function degrees(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^-?\d{1,3}(\.\d{1,10})?$/.test(text)) return undefined;
  const value = Number(text);
  // No minus zero.
  return Math.abs(value) > max ? undefined : Math.round(value) + 0;
}

/** Every request of these pages knows where it comes from, so far as anybody said. */
export function knowPlaces(app: FastifyInstance, placeOf: PlaceReader): void {
  app.decorateRequest('place', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    request.place = placeOf(request.raw);
    done();
  });
}
