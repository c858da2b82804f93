import { createHash } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import {
  apikeysErrors,
  type GitHubReports,
  type KeyPolicySpec,
  type ReportLeakedKeyDeps,
  reportLeakedKey,
} from '#apikeys';
import { systemPrincipal } from '#base';

export interface GitHubLeakRouteDeps {
  leaks: ReportLeakedKeyDeps;
  reports: GitHubReports;
  /** The policy in force, which says whether reports are taken. */
  keyPolicy(): Pick<KeyPolicySpec, 'secretScanning'>;
}

const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Where GitHub reports keys that its secret scanning found (its partner protocol). The signature is over the bytes that
 * came, so they are taken as they are. The answer names findings by their hash, never by the key.
 */
export function githubLeakRoute({ leaks, reports, keyPolicy }: GitHubLeakRouteDeps): FastifyPluginAsync {
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    server.post(
      '/leaks/github',
      {
        bodyLimit: BODY_BYTES_MAX,
        config: { public: 'the report is signed; what is not signed by GitHub changes nothing' },
        schema: { hide: true },
      },
      async (request, reply) => {
        const { secretScanning } = keyPolicy();
        if (secretScanning === undefined) throw apikeysErrors.leak_report_closed();
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const found = await reports.read(
          {
            body,
            keyIdentifier: single(request.headers['github-public-key-identifier']),
            signature: single(request.headers['github-public-key-signature']),
          },
          secretScanning.githubKeysUrl,
        );
        const answers = [];
        for (const { token, type, url } of found) {
          // A report that names no place is known by its own text when it comes again.
          const where = isWebUrl(url) ? { url } : { place: url || hashOf(body) };
          const { outcome } = await reportLeakedKey(
            leaks,
            { text: token, source: 'github', ...where },
            { actor: (tenantId) => systemPrincipal(tenantId, 'github_secret_scanning') },
          );
          answers.push({
            token_hash: hashOf(token),
            token_type: type,
            label: outcome === 'unknown' ? 'false_positive' : 'true_positive',
          });
        }
        return reply.send(answers);
      },
    );
  };
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** It goes into a mail: nothing but a plain address of a page. */
function isWebUrl(text: string): boolean {
  return URL.canParse(text) && text.startsWith('https://') && text.length <= 2048;
}
