import { describe, expect, it } from 'vitest';
import { GatehouseError } from '#base';
import { configurationFolder } from './configuration.fixture.ts';
import type { Environment } from './environment.ts';

const { load } = configurationFolder();

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof GatehouseError) return error;
    throw error;
  }
  throw new TypeError('nothing was refused');
}

describe('what is refused, where, and what to do', () => {
  const cases: [name: string, text: string, code: string, message: string][] = [
    [
      'an unknown field',
      'isuer: http://localhost:1\n',
      'configuration_invalid',
      'gatehouse.yaml:1:1: isuer: unknown field "isuer"; did you mean "issuer"?',
    ],
    [
      'an unknown nested field',
      'listeners:\n  gatway: {port: 1}\n',
      'configuration_invalid',
      'gatehouse.yaml:2:3: listeners.gatway: unknown field "gatway"; did you mean "gateway"?',
    ],
    [
      'a port in quotes',
      'listeners:\n  gateway:\n    port: "7800"\n',
      'configuration_invalid',
      'gatehouse.yaml:3:11: listeners.gateway.port: must be a number, not the text "7800"; remove the quotes',
    ],
    [
      'a port that is none',
      'listeners: {control: {port: 70000}}',
      'configuration_invalid',
      'listeners.control.port: must be at most 65535',
    ],
    [
      'a role that is none',
      'role: controll',
      'configuration_invalid',
      '1:7: role: must be one of "all", "control", "gateway"; did you mean "control"?',
    ],
    [
      'an issuer with a path',
      'issuer: https://example.com/auth',
      'configuration_invalid',
      'issuer: must be scheme, host and port only',
    ],
    [
      'an issuer with a query',
      'issuer: https://example.com/?',
      'configuration_invalid',
      'issuer: must be scheme, host and port only',
    ],
    [
      'an issuer that is no address',
      'issuer: example',
      'configuration_invalid',
      'issuer: must be scheme, host and port only',
    ],
    ['an issuer with a password', 'issuer: https://a:b@example.com', 'configuration_invalid', 'issuer: must be'],
    ['an issuer of another scheme', 'issuer: ftp://example.com', 'configuration_invalid', 'issuer: must be'],
    [
      'plain http beyond this machine',
      'issuer: http://auth.example.com',
      'configuration_insecure',
      '1:9: issuer: must be https, or localhost',
    ],
    [
      'a name that only looks like this machine',
      'issuer: http://127.0.0.1.example.com',
      'configuration_insecure',
      'issuer: must be https',
    ],
    [
      'a database of another make',
      'database: {url: "mysql://x/y"}',
      'configuration_invalid',
      'database.url: must begin with postgres://',
    ],
    [
      'a password in the file',
      'database: {url: "postgres://u:secret@db/x"}',
      'configuration_insecure',
      'set the variable DATABASE_URL',
    ],
    [
      'a control plane on TLS under a plain address',
      'listeners: {control: {tls: {certificates: [{certificate: a, key: b}]}}}',
      'configuration_insecure',
      'issuer: must be https: the control listener',
    ],
    [
      'certificates without TLS',
      'issuer: https://id.example\nlisteners: {control: {certificatePort: 7743}}',
      'configuration_insecure',
      'listeners.control.certificatePort: needs listeners.control.tls',
    ],
    [
      'names in certificates that nobody is asked for',
      'trustedProxies: [10.0.0.1]\nlisteners: {beside: {tls: {certificates: [{certificate: a, key: b}], proxyNames: [x]}}}',
      'configuration_insecure',
      'listeners.beside.tls.proxyNames: are names in certificates',
    ],
    [
      'certificates told by who is no trusted proxy',
      'trustedProxies: [10.0.0.0/8]\nclientCertificatesFrom: [10.0.0.1, 192.0.2.1]',
      'configuration_insecure',
      'clientCertificatesFrom.1: is no trusted proxy, and only such a one may tell of certificates; name 192.0.2.1',
    ],
    [
      'certificates told by more than the trusted proxies',
      'trustedProxies: [10.0.0.0/16]\nclientCertificatesFrom: [10.0.0.0/15]',
      'configuration_insecure',
      'clientCertificatesFrom.0: is no trusted proxy',
    ],
    [
      'revoked certificates that the gateway asks nobody for',
      'listeners: {gateway: {revocationLists: a, tls: {certificates: [{certificate: a, key: b}]}}}',
      'configuration_insecure',
      'listeners.gateway.revocationLists: judges nobody',
    ],
    [
      'revoked certificates that the control plane asks nobody for',
      'listeners: {control: {revocationLists: a}}',
      'configuration_insecure',
      'listeners.control.revocationLists: judges nobody',
    ],
    [
      'who signs lists that there are not',
      'listeners: {control: {revocationAuthorities: a}}',
      'configuration_insecure',
      'listeners.control.revocationAuthorities: verify nothing',
    ],
    [
      'who signs lists, besides the authorities of the clients',
      'listeners: {gateway: {revocationLists: a, revocationAuthorities: b, tls: {clientAuthorities: c, certificates: [{certificate: a, key: b}]}}}',
      'configuration_insecure',
      'listeners.gateway.revocationAuthorities: are not asked',
    ],
    [
      'revoked certificates that proxies are not asked for',
      'trustedProxies: [10.0.0.1]\nlisteners: {beside: {revocationLists: a}}',
      'configuration_insecure',
      'listeners.beside.revocationLists: judges nobody',
    ],
    [
      'trust in everyone',
      'trustedProxies: [10.0.0.0/8, 0.0.0.0/0]',
      'configuration_insecure',
      'trustedProxies.1: trusts everyone',
    ],
    [
      'everything opened to addresses that others choose',
      'outbound: {issuers: [10.0.0.0/8, 0.0.0.0/0]}',
      'configuration_insecure',
      'outbound.issuers.1: opens this machine',
    ],
    [
      'an address where a range is meant',
      'outbound: {clients: [10.0.0.1]}',
      'configuration_invalid',
      'outbound.clients.0: must be a range; one address is 10.1.2.3/32',
    ],
    [
      'certificates without TLS',
      'certificateAddress: http://localhost:7701',
      'configuration_insecure',
      'certificateAddress: must be https',
    ],
    [
      'a PROXY header believed from everyone',
      'listeners: {gateway: {proxyProtocol: ["::/0"]}}',
      'configuration_insecure',
      'listeners.gateway.proxyProtocol.0: trusts everyone',
    ],
    [
      'a listener for proxies, and no proxy',
      'listeners: {beside: {}}',
      'configuration_insecure',
      'listeners.beside: has no proxy that may ask',
    ],
    [
      'a listener for proxies at a port that is none',
      'listeners: {beside: {grpcPort: 70000}}',
      'configuration_invalid',
      'listeners.beside.grpcPort: must be at most 65535',
    ],
    [
      'TLS without a certificate',
      'listeners: {gateway: {tls: {certificates: []}}}',
      'configuration_invalid',
      'listeners.gateway.tls.certificates: must not be empty',
    ],
    [
      'a certificate without its key',
      'listeners: {gateway: {tls: {certificates: [{certificate: a.pem}]}}}',
      'configuration_invalid',
      'listeners.gateway.tls.certificates.0.key: ',
    ],
    [
      'a proxy that is no address',
      'trustedProxies: [proxy.internal]',
      'configuration_invalid',
      'trustedProxies.0: must be an address',
    ],
    ['a range too wide', 'trustedProxies: [10.0.0.0/33]', 'configuration_invalid', 'must be an address or a range'],
    ['a master key written down', 'masterKey: abc', 'configuration_invalid', 'masterKey: must be a set of fields'],
    [
      'a master key from nowhere',
      'masterKey: {from: vault}',
      'configuration_invalid',
      'masterKey.from: must be one of "file", "environment", "command"',
    ],
    [
      'an empty command',
      'masterKey: {from: command, command: []}',
      'configuration_invalid',
      'masterKey.command: must not be empty',
    ],
    ['a list', '- issuer', 'configuration_invalid', 'must be a set of fields'],
    ['two documents', 'role: all\n---\nrole: all', 'configuration_invalid', 'gatehouse.yaml:3:1: is a second document'],
    ['broken YAML', 'role: [all', 'yaml_malformed', 'gatehouse.yaml:1:11'],
    ['a field given twice', 'role: all\nrole: gateway', 'yaml_malformed', '2:1'],
  ];
  it.each(cases)('%s', (_name, text, code, message) => {
    const error = refusal(() => load(text));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  const variables: [name: string, environment: Environment, message: string][] = [
    [
      'a listener',
      { GATEHOUSE_GATEWAY_LISTEN: 'here' },
      'GATEHOUSE_GATEWAY_LISTEN (listeners.gateway): must be a set of fields',
    ],
    [
      'a port',
      { GATEHOUSE_GATEWAY_LISTEN: '1.2.3.4:99999' },
      'GATEHOUSE_GATEWAY_LISTEN (listeners.gateway.port): must be at most 65535',
    ],
    ['a level', { GATEHOUSE_LOG_LEVEL: 'loud' }, 'GATEHOUSE_LOG_LEVEL (log.level): must be one of'],
    ['a database', { DATABASE_URL: 'redis://x' }, 'DATABASE_URL (database.url): must begin with'],
    ['Redis', { REDIS_URL: 'http://x' }, 'REDIS_URL (redis.url): must begin with'],
  ];
  it.each(variables)('%s in a variable is reported by its name', (_name, environment, message) => {
    expect(refusal(() => load('role: all', environment)).message).toContain(message);
  });

  it('a value that is secret is not repeated', () => {
    const error = refusal(() => load(undefined, { DATABASE_URL: 'mysql://u:s3cret@db' }));
    expect(JSON.stringify([error.message, error.fields])).not.toContain('s3cret');
  });

  it('a file that was named and is not there', () => {
    const error = refusal(() => load(undefined, {}, { file: 'other.yaml' }));
    expect(error).toMatchObject({ code: 'configuration_not_found', message: expect.stringContaining('other.yaml') });
  });

  it('a role on the command line that is none', () => {
    expect(refusal(() => load('', {}, { role: 'x' })).code).toBe('configuration_invalid');
  });
});
