import { expect, test } from 'vitest';
import { describedApi, publicDocument } from './public-document.ts';

const document = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '2', 'x-team': 'lab' },
  servers: [{ url: 'http://10.0.0.7:8080' }],
  security: [{ oauth: ['shop:read'] }],
  paths: {
    '/a': {
      get: {
        summary: 'One',
        'x-upstream': 'secret',
        parameters: [
          { name: 'x-kept', in: 'header' },
          { name: 'b', in: 'query', 'x-internal': true },
        ],
      },
      post: { 'x-internal': true, summary: 'Ours' },
      put: { security: [{ oauth: ['shop:write', 'shop:read'] }], servers: [{ url: 'http://10.0.0.8' }] },
    },
    '/hidden': { 'x-internal': true, get: {} },
  },
  components: {
    schemas: {
      A: { properties: { 'x-kept': { type: 'string', 'x-note': 'gone' } }, example: { 'x-kept': 1 } },
      Ours: { 'x-internal': true },
    },
  },
};

test('what is ours alone is left out, and where the service runs', () => {
  const found = publicDocument(document, '/v1');
  expect(found).toEqual({
    openapi: '3.1.0',
    info: { title: 'Shop', version: '2' },
    servers: [{ url: '/v1' }],
    security: [{ oauth: ['shop:read'] }],
    paths: {
      '/a': {
        get: { summary: 'One', parameters: [{ name: 'x-kept', in: 'header' }] },
        put: { security: [{ oauth: ['shop:write', 'shop:read'] }] },
      },
    },
    components: { schemas: { A: { properties: { 'x-kept': { type: 'string' } }, example: { 'x-kept': 1 } } } },
  });
});

test('in short: which calls there are, and with which scopes', () => {
  expect(describedApi('shop', document, '/v1')).toEqual({
    name: 'shop',
    title: 'Shop',
    version: '2',
    operations: [
      { method: 'GET', path: '/v1/a', summary: 'One', scopes: ['shop:read'] },
      { method: 'PUT', path: '/v1/a', scopes: ['shop:write', 'shop:read'] },
    ],
  });
});
