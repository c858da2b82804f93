import { z } from 'zod';

const warning = z.object({
  code: z.string().describe('stable: `scope_undeclared`, `role_unknown`, …; there may be more of them later'),
  kind: z.string(),
  name: z.string(),
  path: z.string().describe('the place in the document that was sent; in the resource, where it was not sent'),
  file: z.string().optional(),
  line: z.int().optional().describe('in YAML, from 1'),
  column: z.int().optional(),
  message: z.string().describe('what is probably wrong, and what to do'),
});

/** What is allowed and probably a mistake, beside the answer to a change. */
export const warningFields = {
  warnings: z
    .array(warning)
    .describe(
      'what is allowed and probably a mistake, in what was sent or by this change in what stood before; 100 at most. Of kinds that the credential may not read nothing is told.',
    ),
  warningsLeftOut: z.int().describe('how many warnings there are besides'),
  warningsNeed: z
    .array(z.string())
    .describe('permissions that the credential lacks: without them some things were not looked at'),
};
