import { planKind } from '#apikeys';
import { addressRanges, DEFAULT_TENANT_ID } from '#base';
import {
  type ApiTraffic,
  apiDocumentKind,
  type Beside,
  browserSessionKind,
  createEntityTags,
  createSocketTransport,
  type Gateway,
  type GatewayTransport,
  openApiTraffic,
  openBeside,
  openBrowserSessions,
  openGateway,
  openListenerTls,
  openRevocationLists,
  openTracing,
  openUpstreamSecrets,
  openUpstreamTls,
  resourceConfiguration,
  routeKind,
  targetCheck,
  upstreamKind,
  writeTraffic,
} from '#gateway';
import type { ListenerCertificates } from '#http';
import { openLimiter } from '#limits';
import { apiKind, resourceMetadataUrl } from '#oauth';
import type { Foundation } from './foundation.ts';
import { quotaMail } from './quota-mail.ts';
import { organizationOfQuota } from './quota-organization.ts';
import type { Rooms } from './rooms.ts';

/** Requests under way get this long to finish when the program is told to stop. */
const DRAIN_MILLISECONDS = 10_000;

export interface DataPlane {
  gateway: Gateway;
  transport: GatewayTransport;
  /** What is seen of described APIs. */
  traffic: ApiTraffic;
  /** Those of the listeners that speak TLS. */
  certificates: readonly ListenerCertificates[];
  url: string;
  close(): Promise<void>;
}

/** The gateway and its listener. In the steady state nothing here waits for the database. */
export async function openDataPlane(foundation: Foundation, rooms: Rooms): Promise<DataPlane> {
  const { store, clock, log, configuration, accessRecorder } = foundation;
  const { resources } = rooms;
  const limiter = await openLimiter(
    { ...foundation, reached: quotaMail(foundation), organizationOf: organizationOfQuota },
    configuration.redis,
  );
  const upstreamSecrets = await openUpstreamSecrets(foundation);
  const sessions = openBrowserSessions({
    ...foundation,
    flows: rooms.oauth.codeFlows,
    foreignFlows: rooms.oauth.foreignCodeFlows,
    secretOf: upstreamSecrets.secretOf,
  });
  const traffic = openApiTraffic({ ...foundation, write: (facts, now) => writeTraffic(store, facts, now) });
  const traced = await openTracing(process.env, foundation);
  const upstreamTls = configuration.upstreamTls && openUpstreamTls(configuration.upstreamTls, { clock, log });
  const { host, tls, proxyProtocol, cleartextHttp2, connectionsPerAddress, revocationLists, revocationAuthorities } =
    configuration.listeners.gateway;
  const revocations =
    revocationLists === undefined
      ? undefined
      : openRevocationLists(revocationLists, { clock, log }, tls?.clientAuthorities ?? revocationAuthorities);
  const gateway = openGateway(
    {
      ...foundation,
      configuration: resourceConfiguration({
        routes: resources.of(routeKind),
        apis: resources.of(apiKind),
        plans: resources.of(planKind),
        upstreams: resources.of(upstreamKind),
        documents: resources.of(apiDocumentKind),
        sessions: resources.of(browserSessionKind),
        onChange: (listener) =>
          resources.onChange(
            [routeKind, apiKind, planKind, upstreamKind, browserSessionKind, apiDocumentKind],
            listener,
          ),
        hostsOf: () => '*',
      }),
      apiKeys: rooms.apiKeys,
      accessTokens: rooms.oauth.gatewayTokens,
      proofs: rooms.oauth.proofs,
      identity: rooms.oauth.identitySigner,
      upstreamTokens: rooms.oauth.upstreamTokens,
      upstreamSecrets,
      sessions,
      entityTags: createEntityTags(foundation),
      tracing: traced?.tracing,
      traffic: traffic.counter,
      resourceMetadata: rooms.oauth.describeAddress,
      authorizer: rooms.authorizer,
      externalEngines: rooms.externalEngines,
      recorder: accessRecorder,
      changes: store.changes,
      limiter,
      checkTarget: targetCheck(upstreamTls?.options),
    },
    {
      trustedProxies: configuration.trustedProxies,
      clientCertificatesFrom: configuration.clientCertificatesFrom,
      revocations,
      resourceMetadataUrl: (api) => resourceMetadataUrl(rooms.issuers.issuerOf(DEFAULT_TENANT_ID), api),
    },
  );
  const secured = tls === undefined ? undefined : openListenerTls({ ...tls, revocations }, { clock, log });
  const transport = createSocketTransport({
    handler: gateway.handler,
    errors: gateway.errors,
    clock,
    log,
    limits: { connectionsPerAddressMax: connectionsPerAddress },
    tls: secured?.tls,
    ...(upstreamTls === undefined ? {} : { upstreamTls: upstreamTls.options }),
    cleartextHttp2,
    proxyProtocolFrom: proxyProtocol === undefined ? undefined : addressRanges(proxyProtocol),
    isProxy: addressRanges(configuration.trustedProxies),
  });
  const { port } = await transport.listen(configuration.listeners.gateway);
  const beside = await listenBeside(gateway, foundation).catch(async (error: unknown) => {
    await transport.drain(0);
    throw error;
  });
  return {
    gateway,
    traffic,
    transport,
    certificates: [
      ...(secured === undefined ? [] : [{ listener: 'gateway' as const, set: secured.certificates }]),
      ...(revocations === undefined ? [] : [{ listener: 'gateway' as const, set: revocations }]),
      ...(beside?.certificates ?? []).map((set) => ({ listener: 'beside' as const, set })),
    ],
    url: `${tls === undefined ? 'http' : 'https'}://${host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host}:${port}`,
    async close() {
      await Promise.all([transport.drain(DRAIN_MILLISECONDS), beside?.close(DRAIN_MILLISECONDS)]);
      secured?.certificates.close();
      revocations?.close();
      upstreamTls?.close();
      gateway.close();
      sessions.close();
      upstreamSecrets.close();
      await traffic.close();
      await traced?.close();
      await limiter.close();
    },
  };
}

/** Where proxies ask, if they may. */
async function listenBeside(gateway: Gateway, { configuration, clock, log }: Foundation): Promise<Beside | undefined> {
  const { listeners, trustedProxies } = configuration;
  if (listeners.beside === undefined) return undefined;
  return openBeside(gateway, { clock, log }, { ...listeners.beside, trustedProxies });
}
