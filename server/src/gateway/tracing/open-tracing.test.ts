import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testLogger } from '#testing';
import { forwarded, head, headerMap, KEY, openFixture, route, weatherRoute } from '../gateway.fixture.ts';
import { upstreamSchema } from '../upstreams/upstream-spec.ts';
import { type OpenTracing, openTracing } from './open-tracing.ts';

interface OtlpSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  status?: { code?: number };
}

/** What a collector would be: it takes what is posted to /v1/traces. */
let receiver: Server;
let received: { path: string; body: string }[] = [];
let endpoint = '';

beforeEach(async () => {
  received = [];
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    received.push({ path: request.url ?? '', body });
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const OUTCOME = { status: 200, bytesIn: 0, bytesOut: 2, durationMilliseconds: 12, aborted: false };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

async function traced(
  environment: NodeJS.ProcessEnv,
  work: (gateway: ReturnType<typeof openFixture>) => Promise<void>,
) {
  const opened = await openTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...environment }, { log: testLogger() });
  await work(openFixture({ deps: { tracing: opened?.tracing } }));
  await opened?.close();
  return spansReceived();
}

function spansReceived(): OtlpSpan[] {
  return received.flatMap(({ body }) =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: OtlpSpan[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}

const attributesOf = ({ attributes }: OtlpSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

describe('a request', () => {
  test('is a span of the gateway and one towards the upstream, in the caller’s trace', async () => {
    let sent: Record<string, string | undefined> = {};
    const spans = await traced({}, async ({ gateway }) => {
      const headers = ['traceparent', `00-${TRACE}-${PARENT}-01`, 'tracestate', 'vendor=1'];
      const target = '/weather/paris?api_key=planted-secret';
      const forward = forwarded(await gateway.handler(head(target, { credential: KEY, headers })));
      sent = headerMap(forward.headers);
      forward.onDone(OUTCOME);
    });
    const server = spans.find(({ kind }) => kind === 2);
    const client = spans.find(({ kind }) => kind === 3);
    expect(spans).toHaveLength(2);
    expect(server).toMatchObject({ name: 'GET /weather/{city}', traceId: TRACE, parentSpanId: PARENT });
    expect(client).toMatchObject({ traceId: TRACE, parentSpanId: server?.spanId });
    expect(sent.traceparent).toBe(`00-${TRACE}-${client?.spanId}-01`);
    expect(sent.tracestate).toBe('vendor=1');
    expect(server && attributesOf(server)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.route': '/weather/{city}',
      'url.path': '/weather/paris',
      'gatehouse.route': 'weather',
      'gatehouse.decision': 'allow',
      'gatehouse.reason': 'allowed',
    });
    expect(server && attributesOf(server)['gatehouse.decision_id']).toBe(sent['gatehouse-decision-id']);
    expect(received.every(({ path }) => path === '/v1/traces')).toBe(true);
    for (const secret of ['planted-secret', KEY, 'api_key=']) expect(JSON.stringify(received)).not.toContain(secret);
  });

  test.for([
    ['without a credential', '/weather/paris', undefined, 401, 'credential_missing', 'GET /weather/{city}'],
    ['for which there is no route', '/nowhere?token=planted-secret', KEY, 404, 'route_not_found', 'GET'],
  ] as const)('%s is told as it was refused', async ([, target, credential, status, reason, name]) => {
    const spans = await traced({}, async ({ gateway }) => {
      const verdict = await gateway.handler(head(target, { credential }));
      verdict.onDone({ ...OUTCOME, status });
    });
    expect(spans.map((span) => span.name)).toEqual([name]);
    expect(spans[0] && attributesOf(spans[0])).toMatchObject({
      'http.response.status_code': status,
      'gatehouse.decision': 'deny',
      'gatehouse.reason': reason,
    });
    expect(JSON.stringify(received)).not.toContain('planted-secret');
  });

  test('that the upstream failed is an error', async () => {
    const spans = await traced({}, async ({ gateway }) => {
      const forward = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY })));
      forward.onDone({ ...OUTCOME, status: 502, upstreamFailure: 'connect' });
    });
    expect(spans.map(({ status }) => status?.code)).toEqual([2, 2]);
    for (const span of spans) expect(attributesOf(span)).toMatchObject({ 'error.type': 'connect' });
  });

  test.each([
    ['connect', 'connect'],
    [503, '503'],
  ] as const)('that another target answered tells of the try that failed: %s', async (why, told) => {
    const targets = [{ url: 'http://one.test' }, { url: 'http://two.test' }];
    const upstreams = [
      { name: 'both', createdAt: 0, spec: upstreamSchema.parse({ targets, retries: { statuses: [503] } }) },
    ];
    const opened = await openTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, { log: testLogger() });
    const { gateway } = openFixture({
      routes: [route('weather', { ...weatherRoute.spec, upstream: { name: 'both' } })],
      tenant: { upstreams },
      deps: { tracing: opened?.tracing },
    });
    const forward = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY })));
    expect(forward.retry?.(why)).toBe(0);
    forward.onDone(OUTCOME);
    await opened?.close();
    const spans = spansReceived();
    const failed = spans.find(({ name }) => name === 'GET (failed)');
    const client = spans.find(({ spanId }) => spanId === failed?.parentSpanId);
    expect(spans).toHaveLength(3);
    expect(failed && attributesOf(failed)).toMatchObject({ 'error.type': told });
    expect(client && attributesOf(client)).toMatchObject({ 'http.request.resend_count': 1 });
  });

  test('with a method of its own invention adds no name', async () => {
    const spans = await traced({}, async ({ gateway }) => {
      const verdict = await gateway.handler(head('/weather/paris', { credential: KEY, method: 'BREW' }));
      verdict.onDone({ ...OUTCOME, status: 405 });
    });
    expect(spans.map(({ name }) => name).join()).not.toContain('BREW');
  });
});

describe('sampling', () => {
  const flags = (flag: string) => ['traceparent', `00-${TRACE}-${PARENT}-${flag}`];
  test.for([
    ['what the caller does not keep is not kept', {}, flags('00'), 0, '00'],
    ['what the caller keeps is kept', {}, flags('01'), 2, '01'],
    [
      'the caller decides before the ratio',
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      flags('01'),
      2,
      '01',
    ],
    [
      'a ratio of none keeps none',
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      [],
      0,
      '00',
    ],
    ['never is never', { OTEL_TRACES_SAMPLER: 'always_off' }, flags('01'), 0, '00'],
    ['always is always', { OTEL_TRACES_SAMPLER: 'always_on' }, flags('00'), 2, '01'],
    ['a sampler that nobody knows keeps all', { OTEL_TRACES_SAMPLER: '__proto__' }, [], 2, '01'],
    [
      'a ratio that is none keeps all',
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'many' },
      [],
      2,
      '01',
    ],
  ] as const)('%s', async ([, environment, headers, count, flag]) => {
    let traceparent = '';
    const spans = await traced(environment, async ({ gateway }) => {
      const forward = forwarded(
        await gateway.handler(head('/weather/paris', { credential: KEY, headers: [...headers] })),
      );
      traceparent = headerMap(forward.headers).traceparent ?? '';
      forward.onDone(OUTCOME);
    });
    expect(spans).toHaveLength(count);
    expect(traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flag}$`));
  });

  test.for([
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['no hex', `00-${'z'.repeat(32)}-${PARENT}-01`],
    ['too short', '00-1-2-01'],
    ['a forbidden version', `ff-${TRACE}-${PARENT}-01`],
  ] as const)('a traceparent with %s begins a new trace', async ([, traceparent]) => {
    const spans = await traced({}, async ({ gateway }) => {
      const headers = ['traceparent', traceparent];
      forwarded(await gateway.handler(head('/weather/paris', { credential: KEY, headers }))).onDone(OUTCOME);
    });
    expect(spans.find(({ kind }) => kind === 2)?.parentSpanId ?? '').toBe('');
    expect(spans.every(({ traceId }) => traceId !== TRACE && !/^0+$/.test(traceId))).toBe(true);
  });
});

test.for([
  ['without an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ['when it is switched off', { OTEL_SDK_DISABLED: 'true' }],
] as const)('%s nothing is traced', async ([, environment]) => {
  const opened = await openTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...environment }, { log: testLogger() });
  expect(opened).toBeUndefined();
});

test('a receiver that is away costs no request, and does not keep the program from stopping', async () => {
  const opened: OpenTracing | undefined = await openTracing(
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' },
    { log: testLogger() },
  );
  const { gateway } = openFixture({ deps: { tracing: opened?.tracing } });
  forwarded(await gateway.handler(head('/weather/paris', { credential: KEY }))).onDone(OUTCOME);
  await opened?.close();
}, 15_000);
