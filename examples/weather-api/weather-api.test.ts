import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NORMALS } from './normals.ts';
import { createWeatherServer } from './weather-api.ts';

const server = createWeatherServer();
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each([
  ['GET', '/', 200],
  ['GET', '/tokyo', 200],
  ['GET', '/Mexico%20City', 200],
  ['GET', '/bogot%C3%A1', 200],
  ['HEAD', '/oslo', 200],
  ['GET', '/atlantis', 404],
  ['GET', '/%ff', 404],
  ['POST', '/tokyo', 405],
])('%s %s answers %i', async (method, path, status) => {
  expect((await fetch(origin + path, { method })).status).toBe(status);
});

test('the normals of a city', async () => {
  const answer = await fetch(`${origin}/reykjavik`);
  expect(await answer.json()).toMatchObject({ city: 'Reykjavik', country: 'IS', julyMeanCelsius: 12 });
});

test.each([...NORMALS.values()])('$city is plausible', (normal) => {
  expect(Math.abs(normal.latitude)).toBeLessThanOrEqual(66);
  const [coldest, warmest] = [normal.januaryMeanCelsius, normal.julyMeanCelsius].toSorted((a, b) => a - b);
  expect(normal.yearMeanCelsius).toBeGreaterThanOrEqual((coldest ?? 0) - 1);
  expect(normal.yearMeanCelsius).toBeLessThanOrEqual((warmest ?? 0) + 3);
  if (normal.latitude < -20) expect(normal.januaryMeanCelsius).toBeGreaterThan(normal.julyMeanCelsius);
  if (normal.latitude > 15) expect(normal.januaryMeanCelsius).toBeLessThan(normal.julyMeanCelsius);
});
