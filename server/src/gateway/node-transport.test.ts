import { nodeTransport } from './node-transport.fixture.ts';
import { transportContract } from './transport-contract.fixture.ts';

transportContract('node:http and undici', nodeTransport);
