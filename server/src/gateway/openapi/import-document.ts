import type { FieldError } from '#base';
import { acceptedOf, resolveReference, scopesOf } from './described-security.ts';
import { METHODS } from './read-operations.ts';
import { isObject, type Json } from './reference.ts';

export interface ImportTarget {
  /** The API its tokens are for, by name. */
  api: string;
  /** `http://host:port`, or the name of an upstream. */
  upstream: string;
  /** Declare the API too, with this audience. Left out: it is there already. */
  audience?: string | undefined;
  /** In front of every path: where the API is served here. */
  prefix?: string | undefined;
  /** How strictly requests are held against the document. */
  validate?: 'off' | 'report' | 'enforce' | undefined;
  /** Whoever signs in to the portal may read the document. */
  listed?: boolean | undefined;
  /** Operations that the document asks no credential for are open to everyone. Left out: they are problems. */
  anonymous?: boolean | undefined;
}

export interface ImportedDocument {
  resources: { kind: string; name: string; spec: object }[];
  /** What its operations ask for, and what it says of them. */
  scopes: Record<string, string>;
  /** With any of these, nothing of the document is to be used. */
  problems: FieldError[];
}

const PATHS_MAX = 1000;
const NAME_MAX = 63;

/** Most documents of before are of 3.0, and what has to be written otherwise is little. */
function insteadOf(document: unknown): string {
  const { openapi, swagger } = isObject(document) ? document : {};
  const version = typeof openapi === 'string' ? openapi : typeof swagger === 'string' ? swagger : undefined;
  if (version === undefined || !/^[\d.]{1,20}$/.test(version)) return '';
  return version.startsWith('3.0')
    ? `, and this one is of ${version}. Convert it: \`nullable: true\` is \`type: [string, "null"]\`, and \`exclusiveMinimum\` and \`exclusiveMaximum\` are numbers`
    : `, and this one is of ${version}. Convert it first`;
}

/**
 * The routes that an OpenAPI 3.1 document describes, as resources. What the document leaves open is not guessed: an
 * operation without security is a problem unless the operator says that it is open, and so are requirements that a route
 * can't express, since the nearest route would let through what the document does not.
 */
export function importDocument(document: unknown, target: ImportTarget): ImportedDocument {
  const problems: FieldError[] = [];
  const refuse = (path: string, message: string) => void problems.push({ path, message });
  if (!isObject(document) || typeof document.openapi !== 'string' || !/^3\.1\.\d+$/.test(document.openapi)) {
    refuse('openapi', `must be an OpenAPI document of version 3.1${insteadOf(document)}`);
    return { resources: [], scopes: {}, problems };
  }
  const paths = isObject(document.paths) ? Object.entries(document.paths) : [];
  if (paths.length === 0) refuse('paths', 'describes no path');
  if (paths.length > PATHS_MAX) refuse('paths', `describes more than ${PATHS_MAX} paths`);
  const routes = new Map<string, object>();
  const scopes = new Map<string, string>();
  for (const [path, reference] of paths.slice(0, PATHS_MAX)) {
    const item = resolveReference(document, reference);
    if (item === undefined) {
      refuse(`paths.${path}`, 'must be an object; a $ref must lead to one in this document');
      continue;
    }
    if ('trace' in item) refuse(`paths.${path}.trace`, 'TRACE is not forwarded');
    for (const method of METHODS) {
      if (!(method in item)) continue;
      const place = `paths.${path}.${method}`;
      const operation = resolveReference(document, item[method]);
      const access = operation && accessOf(document, operation, target, (message) => refuse(place, message));
      if (operation === undefined) refuse(place, 'must be an object');
      if (operation === undefined || access === undefined) continue;
      for (const scope of access.authorize?.scopes ?? []) scopes.set(scope, scope);
      const name = routeName(target.api, operation, method, path);
      if (routes.has(name)) refuse(place, `would be a second route "${name}": give it an operationId of its own`);
      const match = { path: pathOf(path, target.prefix), methods: [method.toUpperCase()] };
      const description = typeof operation.summary === 'string' ? { description: operation.summary.slice(0, 500) } : {};
      const openapi = { document: target.api, validate: target.validate ?? 'enforce' };
      routes.set(name, {
        ...description,
        match,
        api: target.api,
        ...access,
        openapi,
        upstream: upstreamOf(path, target),
      });
    }
  }
  const named = [...routes].map(([name, spec]) => ({ kind: 'route', name, spec }));
  const known = { ...Object.fromEntries(scopes), ...scopesOf(document) };
  if (problems.length > 0) return { resources: named, scopes: known, problems };
  const described = {
    kind: 'api_document',
    name: target.api,
    spec: { api: target.api, prefix: target.prefix ?? '', listed: target.listed === true, document },
  };
  if (target.audience === undefined) return { resources: [described, ...named], scopes: known, problems };
  const spec = { audience: target.audience, scopes: known };
  return { resources: [{ kind: 'api', name: target.api, spec }, described, ...named], scopes: known, problems };
}

interface Access {
  authenticate: string[];
  authorize?: { scopes: string[] } | { scopes: string[]; policies: 'required' };
}

/** Security Requirement Objects (§4.8.30): any of the list; of one, all of its schemes. */
function accessOf(
  document: Json,
  operation: Json,
  { anonymous }: ImportTarget,
  refuse: (message: string) => void,
): Access | undefined {
  const stated = operation.security ?? document.security ?? [];
  const alternatives = Array.isArray(stated) ? stated.filter(isObject) : [];
  if (!Array.isArray(stated) || alternatives.length !== stated.length) {
    refuse('its security must be a list of objects');
    return undefined;
  }
  const open = alternatives.length === 0 || alternatives.some((each) => Object.keys(each).length === 0);
  if (open && alternatives.length > 1) {
    refuse('its security is optional, and a route either asks who calls or does not');
    return undefined;
  }
  if (open && anonymous === true) return { authenticate: ['anonymous'] };
  if (open) {
    refuse('asks for no credential: everyone could call it. Say that this is meant (`anonymous`), or add `security`');
    return undefined;
  }
  const accepted = new Set<string>();
  const wanted = new Set<string>();
  let scopes: string[] = [];
  for (const alternative of alternatives) {
    const [scheme, ...others] = Object.entries(alternative);
    if (scheme === undefined || others.length > 0) {
      refuse('asks for two credentials at once, and one request carries one');
      return undefined;
    }
    const found = acceptedOf(document, scheme[0]);
    if (typeof found === 'string') {
      refuse(`its security scheme "${scheme[0]}" ${found}`);
      return undefined;
    }
    for (const type of found.accepted) accepted.add(type);
    scopes = Array.isArray(scheme[1]) ? scheme[1].map(String) : [];
    wanted.add(JSON.stringify([...scopes].sort()));
  }
  if (wanted.size > 1) {
    refuse('asks for different scopes in its alternatives, and a route asks for all of its scopes');
    return undefined;
  }
  // Nothing that could grant it: policies must.
  const authorize = scopes.length > 0 ? { scopes } : { scopes, policies: 'required' as const };
  return { authenticate: [...accepted], authorize };
}

function routeName(api: string, { operationId }: Json, method: string, path: string): string {
  const words = typeof operationId === 'string' ? operationId : `${method} ${path}`;
  const plain = words
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${api}-${plain}`.slice(0, NAME_MAX).replaceAll(/^-+|-+$/g, '');
}

/** Names of parameters may hold what a route's can't. */
function pathOf(path: string, prefix = ''): string {
  const plain = path.replaceAll(/\{([^{}/]*)\}/g, (_, name: string) => `{${name.replaceAll(/[^A-Za-z0-9_]/g, '_')}}`);
  return `${prefix.replace(/\/$/, '')}${plain}`;
}

function upstreamOf(path: string, { upstream, prefix = '' }: ImportTarget): object {
  const where = /^https?:/.test(upstream) ? { url: upstream } : { name: upstream };
  return prefix === '' ? where : { ...where, path: pathOf(path) };
}
