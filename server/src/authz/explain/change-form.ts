import { z } from 'zod';
import { Entity, type Value } from '../cedar/values.ts';
import type { AttributeChange, Change } from './change.ts';

/** Changes as they go over the wire: what is suggested can be sent back as it came, and be tried. */

const name = z.string().min(1).max(512);
/** Entities, and longs beyond what JSON's numbers carry, are objects of one member. */
const valueForm = z.union([
  z.boolean(),
  z.string().max(4096),
  z.int(),
  z.strictObject({ entity: z.strictObject({ type: name, id: z.string().max(1024) }) }),
  z.strictObject({ long: z.string().regex(/^-?\d{1,19}$/) }),
]);
type ValueForm = z.output<typeof valueForm>;

const toForm = z.union([
  z.strictObject({ value: valueForm }),
  z.strictObject({ anythingBut: valueForm, tried: valueForm }),
  z.strictObject({ added: valueForm }),
  z.strictObject({ removed: valueForm }),
  z.strictObject({ absent: z.literal(true) }),
]);

export const changeForm = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['scope', 'role', 'group']), name, remove: z.literal(true).optional() }),
  z.strictObject({ kind: z.literal('organization'), id: name }),
  z.strictObject({
    kind: z.literal('step_up'),
    member: z.enum(['acr', 'amr', 'authTime']),
    value: z.union([z.string().max(512), z.int()]),
  }),
  z.strictObject({
    kind: z.literal('relationship'),
    tuple: z.strictObject({ object: name, relation: name, user: name }),
  }),
  z.strictObject({
    kind: z.literal('attribute'),
    of: z.enum(['principal', 'resource', 'context']),
    path: z.array(name).min(1).max(8),
    to: toForm,
  }),
]);
export type ChangeForm = z.output<typeof changeForm>;

export function readChange(form: ChangeForm): Change {
  if (form.kind === 'attribute') return { ...form, to: readTo(form.to) };
  if ('name' in form) {
    const { remove, ...rest } = form;
    return remove === true ? { ...rest, remove } : rest;
  }
  return form;
}

function readTo(to: z.output<typeof toForm>): AttributeChange {
  if ('value' in to) return { value: readValueForm(to.value) };
  if ('anythingBut' in to) return { anythingBut: readValueForm(to.anythingBut), tried: readValueForm(to.tried) };
  if ('added' in to) return { added: readValueForm(to.added) };
  return 'removed' in to ? { removed: readValueForm(to.removed) } : to;
}

function readValueForm(form: ValueForm): Value {
  if (typeof form !== 'object') return form;
  return 'entity' in form ? new Entity(form.entity.type, form.entity.id) : BigInt(form.long);
}

/** Undefined where a value has no form: then the change can be read, and not sent back. */
export function writeChange(change: Change): ChangeForm | undefined {
  if (change.kind === 'step_up') return { ...change, value: plainLong(change.value) };
  if (change.kind === 'relationship') {
    const { object, relation, user } = change.tuple;
    return { kind: 'relationship', tuple: { object, relation, user } };
  }
  if (change.kind !== 'attribute') return change;
  const to = Object.fromEntries(Object.entries(change.to).map(([member, value]) => [member, writeValue(value)]));
  const written = changeForm.safeParse({ ...change, to });
  return written.success ? written.data : undefined;
}

function writeValue(value: unknown): unknown {
  if (typeof value === 'bigint') return { long: String(value) };
  return value instanceof Entity ? { entity: { type: value.type, id: value.id } } : value;
}

function plainLong(value: string | number | bigint): string | number {
  return typeof value === 'bigint' ? Number(value) : value;
}
