import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationFolder } from './configuration.fixture.ts';
import { configurationJsonSchema } from './load-configuration.ts';

const { folder, load } = configurationFolder();

describe('what is accepted', () => {
  it('networks for what others name, with authorities beside the file', () => {
    expect(load('outbound: {authorities: own.pem, backChannel: [10.1.0.0/16, "fd00::/8"]}').outbound).toEqual({
      authorities: join(folder, 'own.pem'),
      clients: [],
      issuers: [],
      backChannel: ['10.1.0.0/16', 'fd00::/8'],
      webhooks: [],
      signIn: [],
    });
  });

  it('TLS on every listener, with files beside the configuration', () => {
    const tls = { certificates: [{ certificate: 'a.pem', key: 'a.key' }], clientAuthorities: 'ca.pem' };
    const { certificates } = tls;
    const listeners = {
      control: {
        tls: { certificates, minimumVersion: '1.3' },
        certificatePort: 7743,
        revocationLists: 'a.crl',
        revocationAuthorities: 'a.pem',
      },
      gateway: { tls, revocationLists: 'b.crl' },
      beside: { tls: { ...tls, proxyNames: ['dns:nginx'] }, revocationLists: 'c.crl' },
    };
    const found = load(JSON.stringify({ issuer: 'https://id.example', trustedProxies: ['10.0.0.1'], listeners }));
    const absolute = [{ certificate: join(folder, 'a.pem'), key: join(folder, 'a.key') }];
    const asking = {
      certificates: absolute,
      minimumVersion: '1.2',
      http2: true,
      clientAuthorities: join(folder, 'ca.pem'),
    };
    expect(found.listeners).toMatchObject({
      control: {
        ...{ tls: { certificates: absolute, minimumVersion: '1.3' }, certificatePort: 7743 },
        revocationLists: join(folder, 'a.crl'),
        revocationAuthorities: join(folder, 'a.pem'),
      },
      gateway: { tls: asking, revocationLists: join(folder, 'b.crl') },
      beside: { tls: { ...asking, proxyNames: ['dns:nginx'] }, revocationLists: join(folder, 'c.crl') },
    });
    expect(found.certificateAddress).toBe('https://id.example:7743');
  });

  it('nothing at all: everything on this machine', () => {
    const dataFolder = join(folder, 'gatehouse-data');
    expect(load(undefined)).toEqual({
      issuer: 'http://localhost:7700',
      role: 'all',
      dataFolder,
      listeners: {
        control: { host: '127.0.0.1', port: 7700 },
        gateway: { host: '127.0.0.1', port: 7800, cleartextHttp2: false, connectionsPerAddress: 4096 },
      },
      database: { kind: 'embedded', dataFolder },
      masterKey: { kind: 'file', path: join(dataFolder, 'master.key') },
      outbound: { clients: [], issuers: [], backChannel: [], webhooks: [], signIn: [] },
      log: { level: 'info' },
      trustedProxies: [],
      clientCertificatesFrom: [],
      relations: { tuplesInMemoryMax: 20_000_000 },
    });
  });

  it('an empty file is the same as none', () => {
    expect(load('# nothing yet\n')).toMatchObject({ role: 'all', file: join(folder, 'gatehouse.yaml') });
  });

  it('the environment wins over the file, the command line over both', () => {
    const environment = {
      GATEHOUSE_ISSUER: 'https://id.example.com/',
      GATEHOUSE_ROLE: 'gateway',
      GATEHOUSE_CONTROL_LISTEN: '[::1]:1234',
      GATEHOUSE_GATEWAY_LISTEN: '80',
      GATEHOUSE_TRUSTED_PROXIES: '10.0.0.1, fd00::/8',
      GATEHOUSE_CLIENT_CERTIFICATES_FROM: 'fd00::1, 10.0.0.1/32',
      GATEHOUSE_LOG_LEVEL: '',
      DATABASE_URL: 'postgres://u:p@db/x',
      GATEHOUSE_MASTER_KEY: 'k',
      GATEHOUSE_SERVICE_HOST: 'set by an orchestrator',
    };
    const text = 'issuer: http://localhost:9\nrole: control\nlog: {level: warn}\nlisteners: {gateway: {host: 0.0.0.0}}';
    expect(load(text, environment, { role: 'gateway', dataFolder: 'elsewhere' })).toMatchObject({
      issuer: 'https://id.example.com',
      role: 'gateway',
      dataFolder: join(folder, 'elsewhere'),
      listeners: { control: { host: '::1', port: 1234 }, gateway: { host: '127.0.0.1', port: 80 } },
      database: { kind: 'url', url: 'postgres://u:p@db/x' },
      masterKey: { kind: 'environment', variable: 'GATEHOUSE_MASTER_KEY' },
      log: { level: 'warn' },
      trustedProxies: ['10.0.0.1', 'fd00::/8'],
      clientCertificatesFrom: ['fd00::1', '10.0.0.1/32'],
    });
  });

  it('the master key by a command, or from a file beside the configuration', () => {
    expect(load('masterKey: {from: command, command: [pass, show, gatehouse]}').masterKey).toEqual({
      kind: 'command',
      command: ['pass', 'show', 'gatehouse'],
    });
    expect(load('masterKey: {from: file, path: keys/m}').masterKey).toEqual({
      kind: 'file',
      path: join(folder, 'keys/m'),
    });
  });
});

it('the published JSON Schema is current (npm run docs writes it)', () => {
  const published = readFileSync(new URL('../../../docs/schema/gatehouse.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(configurationJsonSchema())));
});
