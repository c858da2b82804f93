import { expect, test } from 'vitest';
import { readPresented } from '../verify/presented.ts';
import { presentNodeRequest } from './node-request.ts';

const known = { method: 'GET', url: 'https://orders.example.com/', clientAddress: undefined };
const options = { issuer: 'https://id.example.com', audience: 'x' };

test.each([
  // Node joins or drops repeated headers in `headers`: which of two counted would be a guess.
  ['of HTTP/1.1', { headersDistinct: { authorization: ['Bearer a', 'Bearer b'] } }],
  ['of HTTP/2', { rawHeaders: [':method', 'GET', 'authorization', 'Bearer a', 'Authorization', 'Bearer b'] }],
])('two credentials in headers %s are a conflict', (_, headers) => {
  const request = { ...headers, headers: { authorization: 'Bearer a' }, socket: {} };
  const presented = presentNodeRequest(request, known, options);
  expect(() => readPresented(presented)).toThrow(expect.objectContaining({ code: 'credentials_conflict' }));
});

test.each([
  ['of HTTP/1.1', { headersDistinct: { 'x-own': ['authorization'], authorization: ['Bearer a'] } }],
  ['of HTTP/2', { rawHeaders: ['x-own', 'authorization', 'authorization', 'Bearer a'] }],
  ['of something else', {}],
])('one is read, in headers %s', (_, headers) => {
  const request = { ...headers, headers: { authorization: 'Bearer a' }, socket: {} };
  expect(readPresented(presentNodeRequest(request, known, options))).toEqual({ scheme: 'Bearer', token: 'a' });
});
