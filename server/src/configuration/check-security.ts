import { type FieldError, isWithinRanges } from '#base';
import type { ConfigurationFile } from './configuration-schema.ts';

/** What no deployment should do, however it came about. Each entry says what to do instead. */
export function checkSecurity(
  configuration: ConfigurationFile,
  facts: { urlFromFile: boolean; redisUrlFromFile: boolean },
): FieldError[] {
  const { issuer, database, redis, trustedProxies, clientCertificatesFrom, geo, mail, listeners, outbound } =
    configuration;
  const found: FieldError[] = [];
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'https:' && !isLoopback(hostname)) {
    // RFC 9700 §2.6 and OpenID Connect Discovery §3: tokens and passwords would travel in the clear.
    found.push({ path: 'issuer', message: 'must be https, or localhost; put a proxy with a certificate in front' });
  }
  found.push(
    ...checkTls(issuer, listeners),
    ...checkRevocationLists(listeners, clientCertificatesFrom.length > 0),
    ...checkListSigners(listeners),
  );
  if (configuration.certificateAddress?.startsWith('https:') === false) {
    found.push({ path: 'certificateAddress', message: 'must be https: without TLS nobody shows a certificate' });
  }
  if (facts.urlFromFile && database !== undefined && new URL(database.url).password !== '') {
    found.push({
      path: 'database.url',
      message: 'holds a password; secrets do not belong into files, set the variable DATABASE_URL instead',
    });
  }
  if (facts.redisUrlFromFile && redis !== undefined && new URL(redis.url).password !== '') {
    found.push({
      path: 'redis.url',
      message: 'holds a password; secrets do not belong into files, set the variable REDIS_URL instead',
    });
  }
  if (mail?.tls === 'none' && !isLoopback(mail.host)) {
    // One-time links, each of which opens an account, would travel in the clear.
    found.push({
      path: 'mail.tls',
      message: 'must be starttls or implicit; only a server on this machine may do without',
    });
  }
  const believed = { trustedProxies, 'listeners.gateway.proxyProtocol': listeners.gateway.proxyProtocol ?? [] };
  for (const [path, ranges] of Object.entries(believed)) {
    for (const [index, range] of ranges.entries()) {
      if (!range.endsWith('/0')) continue;
      found.push({
        path: `${path}.${index}`,
        message: 'trusts everyone, so that any caller could choose the address he is known by; name your proxies',
      });
    }
  }
  for (const [index, range] of clientCertificatesFrom.entries()) {
    if (isWithinRanges(range, trustedProxies)) continue;
    found.push({
      path: `clientCertificatesFrom.${index}`,
      message: `is no trusted proxy, and only such a one may tell of certificates; name ${range} in trustedProxies as well`,
    });
  }
  for (const purpose of ['clients', 'issuers', 'backChannel', 'webhooks', 'signIn'] as const) {
    for (const [index, range] of outbound[purpose].entries()) {
      if (!range.endsWith('/0')) continue;
      found.push({
        path: `outbound.${purpose}.${index}`,
        message: 'opens this machine and everything beside it to addresses that others choose; name your networks',
      });
    }
  }
  if (geo !== undefined && trustedProxies.length === 0) {
    found.push({ path: 'geo', message: 'is said by proxies, and none is believed; name yours in trustedProxies' });
  }
  if (listeners.beside !== undefined && trustedProxies.length === 0) {
    found.push({ path: 'listeners.beside', message: 'has no proxy that may ask; name yours in trustedProxies' });
  }
  return found;
}

function checkTls(issuer: string, { control, beside }: ConfigurationFile['listeners']): FieldError[] {
  const found: FieldError[] = [];
  if (control.tls !== undefined && !issuer.startsWith('https:')) {
    // Cookies, links and tokens are made for the issuer's address: nobody would come by https.
    found.push({ path: 'issuer', message: 'must be https: the control listener speaks nothing else' });
  }
  if (control.certificatePort !== undefined && control.tls === undefined) {
    const message = 'needs listeners.control.tls: without TLS nobody shows a certificate';
    found.push({ path: 'listeners.control.certificatePort', message });
  }
  if (beside?.tls?.proxyNames !== undefined && beside.tls.clientAuthorities === undefined) {
    const message = 'are names in certificates, and none is asked for; name the clientAuthorities';
    found.push({ path: 'listeners.beside.tls.proxyNames', message });
  }
  return found;
}

/** A list that nobody is judged by would be thought to protect. */
function checkRevocationLists(
  { control, gateway, beside }: ConfigurationFile['listeners'],
  proxiesTell: boolean,
): FieldError[] {
  const judged = {
    control: control.certificatePort !== undefined || proxiesTell,
    gateway: gateway.tls?.clientAuthorities !== undefined || proxiesTell,
    beside: beside?.tls?.clientAuthorities !== undefined,
  };
  const needed = { control: 'certificatePort', gateway: 'tls.clientAuthorities', beside: 'tls.clientAuthorities' };
  return Object.entries({ control, gateway, beside })
    .map(([name, listener]) => ({ name: name as keyof typeof judged, listener }))
    .filter(({ name, listener }) => listener?.revocationLists !== undefined && !judged[name])
    .map(({ name }) => ({
      path: `listeners.${name}.revocationLists`,
      message: `judges nobody: no certificate is asked for; set listeners.${name}.${needed[name]}`,
    }));
}

/** Authorities whose signature nobody looks for would be thought to protect, too. */
function checkListSigners({ control, gateway }: ConfigurationFile['listeners']): FieldError[] {
  const idle = { control: control.revocationLists === undefined, gateway: gateway.revocationLists === undefined };
  const named = { control: control.revocationAuthorities, gateway: gateway.revocationAuthorities };
  const found = (['control', 'gateway'] as const)
    .filter((name) => named[name] !== undefined && idle[name])
    .map((name) => ({
      path: `listeners.${name}.revocationAuthorities`,
      message: `verify nothing: there are no lists; set listeners.${name}.revocationLists`,
    }));
  if (gateway.revocationAuthorities !== undefined && gateway.tls?.clientAuthorities !== undefined) {
    const message = 'are not asked: those in listeners.gateway.tls.clientAuthorities sign the lists; leave this out';
    found.push({ path: 'listeners.gateway.revocationAuthorities', message });
  }
  return found;
}

/** RFC 6761 §6.3 and RFC 5735 §3: these never leave the machine. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}
