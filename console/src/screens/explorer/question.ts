import type { Change, WhatIfQuestion } from '../../decisions/answers.ts';
import type { Filters } from '../../parts/use-filters.ts';

/** A question as it stands in the address and in the form: texts, the three open parts as JSON. */
export interface Question {
  type: string;
  id: string;
  action: string;
  resourceType: string;
  resource: string;
  properties: string;
  attributes: string;
  context: string;
}

const FIELDS = ['type', 'id', 'action', 'resourceType', 'resource', 'properties', 'attributes', 'context'] as const;

export function readQuestion(filters: Filters): Question {
  const given = Object.fromEntries(FIELDS.map((name) => [name, filters.get(name)])) as unknown as Question;
  return { ...given, type: given.type === '' ? 'user' : given.type };
}

export function isWhole({ id, action, resourceType, resource }: Question): boolean {
  return [id, action, resourceType, resource].every((text) => text !== '');
}

/** undefined for what is no JSON object; empty is an empty one. */
export function readJson(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isRecord ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function readChanges(filters: Filters): Change[] {
  try {
    const value: unknown = JSON.parse(filters.get('changes'));
    return Array.isArray(value) ? (value as Change[]) : [];
  } catch {
    return [];
  }
}

/** As the API takes it. */
export function toQuestion(question: Question): NonNullable<WhatIfQuestion['question']> {
  const { type, id, action, resourceType, resource } = question;
  return {
    subject: { type, id, ...open('properties', readJson(question.properties)) },
    action: { name: action },
    resource: { type: resourceType, id: resource, ...open('properties', readJson(question.attributes)) },
    ...open('context', readJson(question.context)),
  };
}

function open(name: string, value: Record<string, unknown> | undefined): object {
  return value === undefined || Object.keys(value).length === 0 ? {} : { [name]: value };
}
