import { randomBytes } from 'node:crypto';
import type { Program } from './running-program.ts';

/** Asks for a decision as somebody who sends along what he should not, and waits until the decision log has it. */
export async function plantInDecisions(program: Program, key: string): Promise<Map<string, string>> {
  const planted = new Map<string, string>();
  const secret = (what: string) => {
    const text = randomBytes(18).toString('base64url');
    planted.set(`${what} in a question`, text);
    return text;
  };
  const { decision_id: decisionId } = await ask(program, {
    subject: { type: 'user', id: key, properties: { token: secret('token') } },
    action: { name: 'read', properties: { api_key: secret('API key') } },
    resource: { type: 'report', id: key, properties: { deeper: { client_secret: secret('client secret') } } },
    context: { password: secret('password'), note: `Bearer ${key}`, list: [{ cookie: secret('cookie') }] },
  });
  await program.until(async () => {
    const { items } = (await program.admin('GET', '/decisions?allowed=false')) as { items: { decisionId: string }[] };
    return items.some((each) => each.decisionId === decisionId);
  }, 'the decision is in the log');
  return planted;
}

/** AuthZEN's evaluation as the local administrator; its `decision` and `context` together. */
export async function ask(program: Program, question: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${program.controlUrl}/access/v1/evaluation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${program.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(`evaluation: ${response.status} ${await response.text()}`);
  const { decision, context } = (await response.json()) as { decision: boolean; context: object };
  return { decision, ...context };
}
