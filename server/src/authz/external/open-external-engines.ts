import { z } from 'zod';
import type { Clock, DecisionRequest, Logger, SafeFetch, SafeFetchPolicy } from '#base';
import type { Resource, ResourceSnapshot } from '#resources';
import type { ExternalEngineSpec, ServerEngineSpec, WasmEngineSpec } from './external-engine-kind.ts';
import { WasmEngine } from './wasm-engine.ts';

/** `failed`: there is no answer, which is a no as well. */
export type ExternalAnswer = 'allowed' | 'denied' | 'failed';

export interface ExternalEngines {
  /** Never throws. May the principal do it, as far as the engine of this name is concerned? */
  ask(engine: string, request: DecisionRequest): Promise<ExternalAnswer>;
  close(): void;
}

export interface ExternalEnginesDeps {
  engines: Pick<ResourceSnapshot<ExternalEngineSpec>, 'all' | 'onChange'>;
  /** Makes what fetches within the ranges of one engine. */
  createFetch: (policy: SafeFetchPolicy) => SafeFetch;
  clock: Clock;
  log: Logger;
}

const ANSWER_BYTES_MAX = 64 * 1024;
const CACHED_MAX = 10_000;

/** No `result` means that the rule is undefined, which allows nothing. */
const answerSchema = z.object({
  result: z.union([z.boolean(), z.object({ allow: z.boolean() })]).optional(),
});

/**
 * Asks OPA servers by their data API, and policies that OPA compiled to WebAssembly. Whatever is no clear yes denies: a rule
 * that is undefined, an answer that is late, too long or of another form. Answers are kept only where the engine declares
 * for how long.
 */
export function openExternalEngines({ engines, createFetch, clock, log }: ExternalEnginesDeps): ExternalEngines {
  const fetches = new Map<string, SafeFetch>();
  const cached = new Map<string, { answer: ExternalAnswer; until: number }>();

  const modules = new Map<string, { version: number; module: WasmEngine }>();

  /** The module as it is declared now: another one takes the place of the one before. */
  function moduleOf({ tenantId, id, version }: Resource<ExternalEngineSpec>, spec: WasmEngineSpec): WasmEngine {
    const key = `${tenantId}/${id}`;
    const known = modules.get(key);
    if (known?.version === version) return known.module;
    known?.module.close();
    const module = new WasmEngine(spec);
    modules.set(key, { version, module });
    return module;
  }

  /** A module whose engine was deleted, or declared anew, is asked nothing more: its thread ends now. */
  const stop = engines.onChange((tenantIds) => {
    const versions = new Map(
      tenantIds.flatMap((tenantId) => engines.all(tenantId).map(({ id, version }) => [`${tenantId}/${id}`, version])),
    );
    for (const [key, { version, module }] of modules) {
      if (!tenantIds.some((tenantId) => key.startsWith(`${tenantId}/`)) || versions.get(key) === version) continue;
      module.close();
      modules.delete(key);
    }
  });

  function fetchOf({ networks = [] }: ServerEngineSpec): SafeFetch {
    const key = networks.join(' ');
    const made = fetches.get(key) ?? createFetch({ allowRanges: networks, allowHttp: 'in_ranges' });
    fetches.set(key, made);
    return made;
  }

  async function askServer(spec: ServerEngineSpec, input: object): Promise<unknown> {
    const response = await fetchOf(spec)(`${spec.url.replace(/\/$/, '')}/v1/data/${spec.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input }),
      timeoutMs: spec.timeoutMilliseconds,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
    if (response.status !== 200) throw new TypeError(`it answered with status ${response.status}`);
    return JSON.parse(response.body.toString());
  }

  async function askEngine(engine: Resource<ExternalEngineSpec>, input: object): Promise<ExternalAnswer> {
    const { spec } = engine;
    const answer = 'wasm' in spec ? { result: await moduleOf(engine, spec).ask(input) } : await askServer(spec, input);
    const { result } = answerSchema.parse(answer);
    return (typeof result === 'object' ? result.allow : result) === true ? 'allowed' : 'denied';
  }

  function keep(key: string, answer: ExternalAnswer, until: number): void {
    const [oldest] = cached.keys();
    if (cached.size >= CACHED_MAX && oldest !== undefined) cached.delete(oldest);
    cached.delete(key);
    cached.set(key, { answer, until });
  }

  return {
    async ask(name, request) {
      const { tenantId } = request.principal;
      const engine = engines.all(tenantId).find((each) => each.name === name);
      try {
        if (engine === undefined) throw new TypeError('there is no such engine');
        const { id, version, spec } = engine;
        const input = inputOf(request);
        const { time: _, ...lasting } = input.context;
        const question = [tenantId, id, version, { ...input, context: lasting }];
        const key = spec.cacheSeconds === 0 ? '' : JSON.stringify(question);
        const known = key === '' ? undefined : cached.get(key);
        if (known !== undefined && known.until > clock.now()) return known.answer;
        const answer = await askEngine(engine, input);
        if (key !== '') keep(key, answer, clock.now() + spec.cacheSeconds * 1000);
        return answer;
      } catch (err) {
        log.warn({ err, tenantId, engine: name }, 'an external engine gave no answer: the call is denied');
        return 'failed';
      }
    },
    close() {
      stop();
      for (const { module } of modules.values()) module.close();
      modules.clear();
    },
  };
}

/** What the engine sees: who, what and the circumstances, and of the credential only what it is for. */
function inputOf({ principal, action, resource, context }: DecisionRequest) {
  const { type, id, tenantId, roles, scopes, groups = [], organizationId, acr, amr, authTime, credential } = principal;
  const { environment } = credential;
  const signIn = { acr, amr, authTime };
  return {
    subject: {
      type,
      id,
      tenant: tenantId,
      roles,
      scopes,
      groups,
      organization: organizationId,
      ...signIn,
      environment,
    },
    action,
    resource,
    context,
  };
}
