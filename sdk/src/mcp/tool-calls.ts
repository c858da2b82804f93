import type { Caller } from '../guard/guard.ts';
import { demandDecision, demandRole, demandScopes, demandStepUp, type StepUp } from '../guard/requirements.ts';
import { AuthError, ConfigurationError } from '../verify/auth-error.ts';
import type { Question } from '../verify/decisions.ts';

/** What the caller of a tool must have, besides what the server asks of everybody. Empty: nothing more. */
export interface ToolRule extends StepUp {
  /** Every one of these. */
  scopes?: readonly string[];
  /** One of these. */
  roles?: readonly string[];
  /** A yes of the policies, about the arguments of this call. */
  decision?: (call: ToolCall) => Question;
}

export interface ToolCall {
  name: string;
  arguments: Readonly<Record<string, unknown>>;
}

/** JSON-RPC batches were allowed once (2025-03-26); a body of more messages than this is no use of a tool. */
const MESSAGES_MAX = 100;

/** The calls of tools in a JSON-RPC body. @throws {@link AuthError} for a call that can't be read: it is not let through unread. */
export function toolCallsIn(body: unknown): readonly ToolCall[] {
  const messages = Array.isArray(body) ? body : [body];
  if (messages.length > MESSAGES_MAX) throw new AuthError('access_denied', { message: 'Too many messages at once.' });
  return messages.flatMap((message: unknown) => {
    const { method, params }: { method?: unknown; params?: unknown } = Object(message);
    if (method !== 'tools/call') return [];
    const { name, arguments: given }: { name?: unknown; arguments?: unknown } = Object(params);
    if (typeof name !== 'string') throw new AuthError('access_denied', { message: 'The call names no tool.' });
    return [{ name, arguments: typeof given === 'object' && given !== null ? { ...given } : {} }];
  });
}

export interface ServerRules {
  /** What everybody needs. */
  scopes: readonly string[];
  tools: ReadonlyMap<string, ToolRule>;
}

/** @throws {@link AuthError} A tool that the rules don't name may be called by nobody. */
export async function demandTool(rules: ServerRules, { auth, verifier }: Caller, call: ToolCall): Promise<void> {
  const rule = rules.tools.get(call.name);
  if (rule === undefined) throw new AuthError('access_denied', { message: 'This tool may not be called.' });
  const { scopes = [], roles, acr, maxAgeSeconds, decision } = rule;
  // Clients put the token that a challenge leads to in the place of the one they have, so it names what they have as well.
  const held = scopesOf(rules).filter((scope) => auth.scopes.includes(scope));
  const needed = [...new Set([...rules.scopes, ...held, ...scopes])];
  demandScopes(auth, needed);
  if (roles !== undefined) demandRole(auth, roles);
  if (acr !== undefined || maxAgeSeconds !== undefined) {
    demandStepUp(auth, rule, (verifier.options.now ?? Date.now)(), needed.join(' '));
  }
  if (decision !== undefined) await demandDecision(verifier, auth, decision(call));
}

/** All that a client may ever be asked for here. */
export const scopesOf = ({ scopes, tools }: ServerRules): readonly string[] => [
  ...new Set([...scopes, ...[...tools.values()].flatMap((rule) => rule.scopes ?? [])]),
];

/** @throws ConfigurationError for rules that would ask for nothing where something was meant. */
export function readRules(rules: Readonly<Record<string, ToolRule>>): ReadonlyMap<string, ToolRule> {
  for (const [name, { roles }] of Object.entries(rules)) {
    if (roles?.length === 0) throw new ConfigurationError(`The rule of the tool ${name} names no role.`);
  }
  return new Map(Object.entries(rules));
}
