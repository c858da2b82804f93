/** Writes docs/reference/events.md: what webhooks can tell of, as the rooms and the kinds declare it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemPrincipal } from '../server/src/base/base.ts';
import { EVENTS } from '../server/src/kinds.ts';
import { detailFields, permissionsToHear, writeMessage } from '../server/src/webhooks/webhooks.ts';

const HEAD = `# Events, type by type

Written from the program by \`npm run docs\`. [The guide](../guides/webhooks.md) says how webhooks are told of them, and [the audit log](../guides/audit.md) lists them all.

Every message has \`type\`, \`timestamp\`, and in \`data\`: \`version\`, \`id\`, \`organizationId\` where it happened in one, \`actor\` (\`type\`, \`id\`) and \`target\`
(\`type\`, \`id\`, and \`name\` unless it is a person's). Besides, in \`data.detail\`, the fields below, where there are such.
`;

/** Of which an example says more than the list. */
const EXAMPLES: Readonly<Record<string, Record<string, string | number>>> = {
  'api_key.rotated': { replacedBy: 'key_01kdw0c5pza1b2c3d4e5f6g7h8', endsAt: 1_767_355_200_000 },
  'quota.threshold_reached': { limit: 'plan', percent: 80, used: 8000, requests: 10_000, period: '2026-01' },
};

export function eventsReference(): string {
  const byThing = Map.groupBy(EVENTS.types(), (type) => type.split('.', 1)[0] ?? '');
  const sections = [...byThing].map(([thing, types]) => {
    const [permission] = permissionsToHear({ events: [`${thing}.*`] });
    const rows = types.map(
      (type) =>
        `| \`${type}\` | ${detailFields(type)
          .map((name) => `\`${name}\``)
          .join(', ')} |`,
    );
    const examples = types.flatMap((type) => (EXAMPLES[type] === undefined ? [] : [example(type, EXAMPLES[type])]));
    return `## \`${thing}\`\n\nWho has them sent somewhere needs \`${permission}\`.\n\n| Event | In \`data.detail\` |\n|---|---|\n${rows.join('\n')}\n${examples.join('')}`;
  });
  return `${[HEAD, ...sections].join('\n').trimEnd()}\n`;
}

function example(type: string, detail: Record<string, string | number>): string {
  const { type: actorType, id: actorId, credential } = systemPrincipal('ten_00000000000000000000000000', 'limits');
  const event = {
    id: 'evt_01kdw0c5q0e9rva7m8nb2fz3xd',
    tenantId: 'ten_00000000000000000000000000',
    organizationId: 'org_01kdvzz3m4f6h8j9k1m2n3p4q5',
    at: 1_767_268_800_000,
    type: type as `${string}.${string}`,
    actor: { type: actorType, id: actorId, credentialType: credential.type, credentialId: credential.id },
    target: { type: type.startsWith('quota') ? 'quota' : 'api_key', id: 'key_01kdvzx5t7v9w1x3y5z7a9b1c3' },
    detail,
  };
  const text = JSON.stringify(JSON.parse(writeMessage(EVENTS, event, { details: false })), null, 2);
  return `\n\`\`\`json\n${text}\n\`\`\`\n`;
}

if (import.meta.main) {
  writeFileSync(fileURLToPath(new URL('../docs/reference/events.md', import.meta.url)), eventsReference());
}
