import { type ApiDocumentSpec, apiDocumentSchema } from './document-spec.ts';

/** A description with something of everything that requests are held against. */
export const ORDERS = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: {
    '/orders': {
      parameters: [{ name: 'X-Tenant', in: 'header', schema: { type: 'string', pattern: '^[a-z]{1,8}$' } }],
      get: {
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } },
          { name: 'state', in: 'query', schema: { type: 'array', items: { enum: ['open', 'paid'] } } },
          { name: 'ids', in: 'query', explode: false, schema: { type: 'array', items: { type: 'integer' } } },
          { name: 'tags', in: 'query', style: 'pipeDelimited', explode: false, schema: { type: 'array', maxItems: 2 } },
          {
            name: 'words',
            in: 'query',
            style: 'spaceDelimited',
            explode: false,
            schema: { type: 'array', maxItems: 2 },
          },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            explode: true,
            schema: { type: 'object', properties: { min: { type: 'integer' } }, additionalProperties: false },
          },
          { name: 'sort', in: 'query', schema: { type: 'object', properties: { by: { enum: ['at'] } } } },
          {
            name: 'near',
            in: 'query',
            explode: false,
            schema: { type: 'object', properties: { x: { type: 'number' } } },
          },
          { name: 'q', in: 'query', content: { 'application/json': { schema: { type: 'object', required: ['a'] } } } },
          { name: 'flag', in: 'query', allowEmptyValue: true, schema: { type: 'boolean' } },
          { name: 'seen', in: 'cookie', schema: { type: 'integer' } },
          { name: 'X-List', in: 'header', schema: { type: 'array', items: { type: 'integer' }, maxItems: 2 } },
        ],
        responses: { 200: { description: 'ok', content: { 'application/json': {} } } },
      },
      post: {
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Order' } },
            'application/vnd.order+json': { schema: { $ref: '#/components/schemas/Order' } },
            'application/x-www-form-urlencoded': {
              schema: {
                type: 'object',
                required: ['count'],
                properties: {
                  count: { type: 'integer' },
                  tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
                },
              },
            },
            'text/csv': {},
          },
        },
        responses: { 201: { description: 'made' } },
      },
    },
    '/orders/{order-id}': {
      parameters: [{ $ref: '#/components/parameters/OrderId' }],
      get: { responses: { 200: { description: 'ok' }, '4XX': { description: 'no' } } },
      delete: { responses: { 204: { description: 'gone' } } },
    },
    '/free': { put: { requestBody: { content: { 'application/json': {} } } } },
  },
  components: {
    parameters: { OrderId: { name: 'order-id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } } },
    schemas: {
      Order: {
        type: 'object',
        required: ['id', 'item', 'card'],
        additionalProperties: false,
        properties: {
          id: { type: 'integer', readOnly: true },
          item: { type: 'string', minLength: 1, pattern: '^[a-z]+( [a-z]+)*$' },
          count: { type: 'integer', minimum: 1, default: 1 },
          state: { enum: ['open', 'paid'] },
          at: { type: 'string', format: 'date-time' },
          card: { type: 'string', pattern: '^[0-9]{16}$' },
          tags: { type: 'array', uniqueItems: true },
          parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
      Part: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, of: { $ref: '#/components/schemas/Part' } },
      },
    },
  },
} as const;

export function described(document: object = ORDERS, more: object = {}): ApiDocumentSpec {
  return apiDocumentSchema.parse({ api: 'weather', document, ...more });
}
