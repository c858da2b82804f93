/**
 * Protects a server of the Model Context Protocol made with its official SDK: the server describes itself (RFC 9728), so that
 * an agent finds the issuer by its address alone; tokens are verified; each tool has its own conditions, which are checked
 * before the SDK sees the call, so that what is missing can be told in the words that clients understand.
 */
import type { GuardedRequest, GuardedResponse, GuardHandler, Next } from '../express/express.ts';
import { createGuard, type GuardOptions, withOrigin } from '../guard/guard.ts';
import { presentNodeRequest } from '../guard/node-request.ts';
import { type Refusal, refusalOf } from '../guard/refusal.ts';
import { demandScopes } from '../guard/requirements.ts';
import type { Auth } from '../verify/auth.ts';
import { ConfigurationError } from '../verify/auth-error.ts';
import { demandTool, readRules, type ServerRules, scopesOf, type ToolRule, toolCallsIn } from './tool-calls.ts';

export type { Auth } from '../verify/auth.ts';
export type { ToolCall, ToolRule } from './tool-calls.ts';

export interface McpOptions extends Omit<GuardOptions, 'audience' | 'resourceMetadata' | 'origin'> {
  /** The address that agents use: the audience of their tokens (RFC 8707). */
  resource: string;
  /** What everybody needs. */
  scopes?: readonly string[];
  /** By name: a tool that is not named here may be called by nobody. */
  tools: Readonly<Record<string, ToolRule>>;
  /** For people: what this is called. */
  name?: string;
}

/** A request behind `express.json()`. */
export interface McpRequest extends GuardedRequest {
  readonly path: string;
  readonly body?: unknown;
}

const METADATA_PATH = '/.well-known/oauth-protected-resource';

/**
 * Middleware for Express. Put it behind `express.json()` and in front of the transport. Nothing passes it without a caller,
 * whatever the path: what is public stands in front of it. `request.auth` is what the SDK hands to tools as `authInfo`: see {@link callerOf}.
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { protectMcp } from '@gatehouse/sdk/mcp';
 *
 * const app = express();
 * app.use(
 *   express.json(),
 *   protectMcp({
 *     issuer: 'https://id.example.com',
 *     resource: 'https://notes.example.com/mcp',
 *     scopes: ['notes:use'],
 *     tools: { list_notes: {}, delete_note: { scopes: ['notes:write'], acr: 'aal2', maxAgeSeconds: 300 } },
 *   }),
 * );
 * ```
 *
 * @throws ConfigurationError when an option can not be.
 */
export function protectMcp(options: McpOptions): GuardHandler<McpRequest> {
  const { resource, scopes = [], tools, name, ...rest } = options;
  if (!URL.canParse(resource)) throw new ConfigurationError('resource must be the address of the MCP server.');
  const { origin, pathname } = new URL(resource);
  const rules: ServerRules = { scopes, tools: readRules(tools) };
  // RFC 9728 §3.1: the path of the resource comes after the well-known one.
  const metadataPath = `${METADATA_PATH}${pathname === '/' ? '' : pathname}`;
  const guardOptions = { ...rest, audience: resource, origin, resourceMetadata: `${origin}${metadataPath}` };
  const guard = createGuard(guardOptions);
  const metadata = JSON.stringify({
    resource,
    authorization_servers: [options.issuer],
    scopes_supported: scopesOf(rules),
    bearer_methods_supported: ['header'],
    ...(name === undefined ? {} : { resource_name: name }),
  });

  const challenge = { ...guard.challenge, ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }) };

  async function admit(request: McpRequest): Promise<void> {
    const { method, originalUrl, ip, protocol, headers } = request;
    const url = withOrigin(`${protocol}://${headers.host ?? 'localhost'}${originalUrl}`, guardOptions);
    const caller = await guard.identify(presentNodeRequest(request, { method, url, clientAddress: ip }, guardOptions));
    demandScopes(caller.auth, scopes);
    if (method === 'POST') {
      // Unread, a call would pass for none: the SDK would read it afterwards.
      if (request.body === undefined) throw new ConfigurationError('Put express.json() in front of protectMcp.');
      for (const call of toolCallsIn(request.body)) await demandTool(rules, caller, call);
    }
    request.auth = caller.auth;
  }

  return (request, response, next) => {
    // Also where a proxy or a router took a part of the path away: it is no secret.
    if (request.path.startsWith(METADATA_PATH) && request.method === 'GET') return sendMetadata(response, metadata);
    admit(request).then(
      () => next(),
      (error: unknown) => refuse(response, next, refusalOf(error, challenge), error),
    );
  };
}

/**
 * Who calls a tool.
 *
 * @example
 * ```ts
 * import { callerOf } from '@gatehouse/sdk/mcp';
 * import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
 *
 * const server = new McpServer({ name: 'notes', version: '1.0.0' });
 * server.registerTool('whoami', { description: 'Who am I?' }, async (extra) => ({
 *   content: [{ type: 'text', text: callerOf(extra).subject }],
 * }));
 * ```
 *
 * @throws ConfigurationError where there is no `protectMcp` in front.
 */
export function callerOf(extra: { authInfo?: object | undefined }): Auth {
  if (!isAuth(extra.authInfo)) throw new ConfigurationError('Put protectMcp in front of this server.');
  return extra.authInfo;
}

/** The SDK hands over the object that it found in the request. */
const isAuth = (value: object | undefined): value is Auth =>
  value !== undefined && 'subject' in value && 'roles' in value;

function sendMetadata(response: GuardedResponse, metadata: string): void {
  response.statusCode = 200;
  response.setHeader('content-type', 'application/json');
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('cache-control', 'public, max-age=300');
  response.end(metadata);
}

function refuse(response: GuardedResponse, next: Next, refusal: Refusal | undefined, error: unknown): void {
  if (refusal === undefined) {
    next(error);
    return;
  }
  response.statusCode = refusal.status;
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  response.end(refusal.body);
}
