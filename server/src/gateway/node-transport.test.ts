import { nodeTransport } from './node-transport.ts';
import { transportContract } from './transport-contract.fixture.ts';

transportContract('node:http and undici', nodeTransport);
