import { defineErrors } from '#base';

/** What can go wrong with a question to the decision API. */
export const decisionsErrors = defineErrors({
  subject_type_invalid: {
    category: 'invalid_input',
    message:
      'The type of the subject is not one that can act. Use user, client, service_account, api_key, workload, or an entity type of your own such as Robot.',
  },
  resource_type_invalid: {
    category: 'invalid_input',
    message: 'The type of the resource is not the name of an entity type. Use a name like document or Shop::Order.',
  },
  evaluation_incomplete: {
    category: 'invalid_input',
    message: 'An evaluation needs a subject, an action and a resource, of its own or as a default for all.',
  },
  filter_not_compilable: {
    category: 'invalid_input',
    message:
      'The policies have no form as a filter on these columns. The message names policy and clause; check row by row instead, or write the policy so that it compares attributes.',
  },
  page_token_invalid: {
    category: 'invalid_input',
    message: 'The page token is not one of ours, or belongs to another search. Send the same search again without it.',
  },
});

/** What can go wrong with the policies of a tenant as a whole. */
export const policiesErrors = defineErrors({
  policies_do_not_fit: {
    category: 'invalid_input',
    message: 'The policies do not fit the policy schema. The message says which; correct them or the schema.',
  },
  policy_tests_failed: {
    category: 'invalid_input',
    message:
      'The policies fail their tests. The message says which; correct the policies, or the tests in the same change.',
  },
  policy_version_not_found: {
    category: 'not_found',
    message: 'There is no such version of the policies. List the versions to see which there are.',
  },
});

/**
 * What can go wrong with relationships. The codes are OpenFGA's own, so that its clients recognise them; the faces of
 * other protocols find the same meaning under the same name.
 */
export const relationsErrors = defineErrors({
  validation_error: {
    category: 'invalid_input',
    message: 'The request does not fit the authorization model or the form of the API. The message says where.',
  },
  store_id_not_found: {
    category: 'not_found',
    message: 'There is no store with this id. List the stores to see which exist.',
  },
  authorization_model_not_found: {
    category: 'invalid_input',
    message: 'The store has no authorization model with this id. List its models to see which exist.',
  },
  latest_authorization_model_not_found: {
    category: 'invalid_input',
    message: 'The store has no authorization model yet. Write one first.',
  },
  invalid_authorization_model: {
    category: 'invalid_input',
    message: 'The authorization model is not valid. The message names the type and relation at fault.',
  },
  unsupported_schema_version: {
    category: 'invalid_input',
    message: 'The schema version of the authorization model is not supported. Use 1.1 or 1.2.',
  },
  type_not_found: {
    category: 'invalid_input',
    message: 'The authorization model has no such type. Check the spelling, or name the model that has it.',
  },
  relation_not_found: {
    category: 'invalid_input',
    message: 'The type has no such relation in this authorization model. Check the spelling of both.',
  },
  invalid_tuple: {
    category: 'invalid_input',
    message: 'The authorization model does not allow this tuple. The message gives the reason.',
  },
  invalid_write_input: {
    category: 'invalid_input',
    message: 'Nothing to write. Send at least one tuple to write or to delete.',
  },
  write_failed_due_to_invalid_input: {
    category: 'invalid_input',
    message:
      'A tuple to write already exists, or one to delete does not. Nothing was changed. Ask for it to be ignored with on_duplicate or on_missing.',
  },
  cannot_allow_duplicate_tuples_in_one_request: {
    category: 'invalid_input',
    message: 'The same tuple stands twice in the request. Send it once.',
  },
  exceeded_entity_limit: {
    category: 'invalid_input',
    message: 'There are too many items in one request. Split it.',
  },
  invalid_continuation_token: {
    category: 'invalid_input',
    message: 'The continuation token is not one of ours. Take it from the page before, or leave it out.',
  },
  invalid_expand_input: {
    category: 'invalid_input',
    message: 'Expanding needs an object and a relation.',
  },
  query_string_type_continuation_token_mismatch: {
    category: 'invalid_input',
    message: 'The continuation token belongs to a list of another type. Ask for the same type, or start anew.',
  },
  authorization_model_resolution_too_complex: {
    category: 'invalid_input',
    message:
      'The answer would take more steps than one request may take. Look for cycles and very deep or very wide nesting in model and tuples.',
  },
  consistency_token_invalid: {
    category: 'invalid_input',
    message: 'The consistency token is not one of ours, or belongs to another store. Send it as the write answered it.',
  },
  relations_behind: {
    category: 'unavailable',
    message: 'This process has not yet heard of the write that the consistency token names. Retry in a moment.',
  },
});
