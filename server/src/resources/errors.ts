import { defineErrors } from '#base';

export const resourcesErrors = defineErrors({
  yaml_malformed: {
    category: 'invalid_input',
    message: 'The text is not valid YAML. `fields` names the line and column.',
  },
  documents_invalid: {
    category: 'invalid_input',
    message: 'Some documents are not as their kind demands. `fields` names each place and what to write instead.',
  },
  documents_too_large: {
    category: 'too_large',
    message: 'The documents are too large to be read in one go. Split them into several files and apply each.',
  },
  bundle_empty: {
    category: 'invalid_input',
    message: 'There is no document to apply. With pruning, that would delete everything, so it is refused.',
  },
  kind_unknown: {
    category: 'not_found',
    message: 'There is no such kind of resource. See /api/v1/kinds for those there are.',
  },
  resource_not_found: {
    category: 'not_found',
    message: 'There is no such resource. Check its kind and name.',
  },
  resource_exists: {
    category: 'precondition_failed',
    message: 'A resource of this kind and name exists already. Choose another name, or update that one.',
  },
  resource_changed: {
    category: 'precondition_failed',
    message: 'The resource was changed by someone else since you read it. Read it again, and redo your change on that.',
  },
  resource_precondition_missing: {
    category: 'precondition_required',
    message:
      'The resource exists already. Say which version you mean to replace: send its ETag in If-Match, or `If-Match: *` to replace whatever is there.',
  },
  resource_built_in: {
    category: 'conflict',
    message:
      'This resource is part of the program. It can be neither changed nor deleted; make one of your own instead.',
  },
  resource_referenced: {
    category: 'conflict',
    message: 'The resource is still referred to by others. Change or delete those first, or in the same bundle.',
  },
  resource_outside_organization: {
    category: 'forbidden',
    message:
      'From inside an organization, only what it owns can be written. Name your organization in `spec.organization`, and begin the name with it and two hyphens (`northwind--reports`).',
  },
  resource_name_foreign: {
    category: 'invalid_input',
    message:
      'What an organization owns is named after it. Begin the name with the name of the organization and two hyphens (`northwind--reports`).',
  },
  resource_name_taken: {
    category: 'conflict',
    message: 'This name is taken. Choose another one.',
  },
  reference_missing: {
    category: 'invalid_input',
    message: 'A resource refers to another that does not exist. Create that one first, or in the same bundle.',
  },
  resources_conflict: {
    category: 'conflict',
    message: 'Two resources can not both stand. `fields` names the place; change or delete one of them.',
  },
  plan_outdated: {
    category: 'precondition_failed',
    message: 'The configuration changed since this plan was made. Make a new plan, look at it, and apply that.',
  },
  warnings_refused: {
    category: 'invalid_input',
    message:
      'Something is probably a mistake, and `strict` refuses that. `fields` names each place; mend it, or leave out `strict`.',
  },
  write_not_permitted: {
    category: 'forbidden',
    message: 'Your credential may not make these changes. Ask an administrator for the permissions named in `missing`.',
  },
  grant_exceeds_own: {
    category: 'forbidden',
    message: 'You may not hand out permissions that you do not hold yourself. `missing` names them.',
  },
});
