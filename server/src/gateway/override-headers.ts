/**
 * Headers by which frameworks take a request for another one than was authorized. At the gateway none of them passes;
 * where a proxy carries the request itself, it is refused with one that says anything but what is so.
 */

/** What the gateway has judged, and such a header would change. */
export interface JudgedRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** In lower case. */
  readonly host: string;
}

type SaysTheSame = (value: string, request: JudgedRequest) => boolean;

const method: SaysTheSame = (value, request) => value === request.method;
/** The whole URL is what some proxies tell whoever they ask. */
const url: SaysTheSame = (value, { target, host }) =>
  value === target || value === `https://${host}${target}` || value === `http://${host}${target}`;
const host: SaysTheSame = (value, request) => value.toLowerCase() === request.host;
const path: SaysTheSame = (value, { target }) => value === target.split('?', 1)[0];
/** What a service takes for the part of the path that is not its own, and takes off what it was asked for. */
const prefix: SaysTheSame = (value) => value === '' || value === '/';
const never: SaysTheSame = () => false;

/** By names in lower case with hyphens, as `plainName` makes them. */
export const OVERRIDE_HEADERS: ReadonlyMap<string, SaysTheSame> = new Map([
  ['x-http-method', method],
  ['x-http-method-override', method],
  ['x-method-override', method],
  ['x-original-method', method],
  ['x-original-url', url],
  ['x-original-uri', url],
  ['x-rewrite-url', url],
  ['x-original-host', host],
  ['x-host', host],
  ['x-http-host-override', host],
  // gunicorn believes whoever is on its machine, and takes from PATH_INFO what SCRIPT_NAME says; the other is Flask's.
  ['path-info', path],
  ['script-name', prefix],
  ['x-script-name', prefix],
  ['x-forwarded-prefix', prefix],
  // Next.js left out its middleware for whoever said that it had run (CVE-2025-29927).
  ['x-middleware-subrequest', never],
]);
