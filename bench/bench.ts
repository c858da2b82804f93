/**
 * `npm run bench` runs every benchmark, `npm run bench -- gateway` one of them, `--json` prints one document instead of
 * tables, `--seconds 3 --rounds 5` sets how long, `--tuples 10000000` how much there is to check against,
 * `--tokens 1000000` how many tokens memory is watched for, `--keys 1000000` among how many keys (and ten thousand routes)
 * the gateway finds one as well. Every figure stands beside a named peer measured in the same run.
 */
import { parseArgs } from 'node:util';
import { benchConsole } from './console/bench-console.ts';
import { benchDecisions } from './decisions/bench-decisions.ts';
import { benchGateway } from './gateway/bench-gateway.ts';
import { benchGatewayHttp2 } from './gateway/bench-gateway-http2.ts';
import { printReport, type Report } from './measure/report.ts';
import { benchRelations } from './relations/bench-relations.ts';
import { benchAlikeTime } from './sign-in/bench-alike-time.ts';
import { benchSignIn } from './sign-in/bench-sign-in.ts';
import { benchToken } from './token/bench-token.ts';
import { benchVerify } from './verify/bench-verify.ts';

export interface BenchOptions {
  /** How long each contender is loaded in each round. */
  seconds: number;
  rounds: number;
  /** Size of the graph for `relations`. */
  tuples: number;
  /** Tokens issued while memory is watched, for `token`; 0: it is not. */
  tokens: number;
  /** Keys that a second Gatehouse knows, for `gateway`; 0: there is none. */
  keys: number;
}

const BENCHMARKS: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  'alike-time': benchAlikeTime,
  authz: benchDecisions,
  console: benchConsole,
  gateway: benchGateway,
  'gateway-http2': benchGatewayHttp2,
  relations: benchRelations,
  'sign-in': benchSignIn,
  token: benchToken,
  verify: benchVerify,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    tuples: { type: 'string', default: '1000000' },
    tokens: { type: 'string', default: '0' },
    keys: { type: 'string', default: '0' },
  },
});
const unknown = positionals.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  process.stderr.write(
    `No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(BENCHMARKS).join(', ')}.\n`,
  );
  process.exit(2);
}

const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
const reports: Report[] = [];
for (const name of names) {
  const run = BENCHMARKS[name];
  if (run === undefined) continue;
  const report = await run({
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    tuples: Number(values.tuples),
    tokens: Number(values.tokens),
    keys: Number(values.keys),
  });
  reports.push(report);
  if (!values.json) printReport(report);
}
if (values.json) process.stdout.write(`${JSON.stringify({ reports }, null, 2)}\n`);
