import { openfga, type RelationModel, type StoredTuple, type TupleKey, textOf } from './openfga.ts';

const PAGE_SIZE = 50;
/** Questions for one picture: by the object, by it as a user of each type, and one step further from the sets it names. */
const READS_MAX = 24;

/** The tuples that name an object on either side, and those of the sets among its users. */
export async function readAround(
  store: string,
  model: RelationModel,
  object: string,
): Promise<{ tuples: TupleKey[]; isCut: boolean }> {
  const found = new Map<string, TupleKey>();
  let isCut = false;
  let reads = 0;
  const read = async (key: Partial<TupleKey>) => {
    reads += 1;
    if (reads > READS_MAX) {
      isCut = true;
      return;
    }
    const page = await openfga<{ tuples: StoredTuple[]; continuation_token: string }>('post', `/stores/${store}/read`, {
      tuple_key: key,
      page_size: PAGE_SIZE,
    });
    for (const tuple of page.tuples) found.set(textOf(tuple.key), tuple.key);
    isCut ||= page.continuation_token !== '';
  };
  const own = object.split(':', 1)[0] ?? '';
  const relations = Object.keys(model.type_definitions.find(({ type }) => type === own)?.relations ?? {});
  await read({ object });
  // As a user: of every type whose relations admit it, itself or a set of its members.
  const admitting = model.type_definitions.filter(({ metadata }) =>
    Object.values(metadata?.relations ?? {}).some(({ directly_related_user_types: types = [] }) =>
      types.some(({ type }) => type === own),
    ),
  );
  const sets = relations.filter((relation) =>
    admitting.some(({ metadata }) =>
      Object.values(metadata?.relations ?? {}).some(({ directly_related_user_types: types = [] }) =>
        types.some((each) => each.type === own && each.relation === relation),
      ),
    ),
  );
  for (const { type } of admitting) {
    await read({ user: object, object: `${type}:` });
    for (const relation of sets) await read({ user: `${object}#${relation}`, object: `${type}:` });
  }
  const within = [...found.values()].map(({ user }) => user.split('#')).filter((parts) => parts.length === 2);
  for (const [set = '', relation = ''] of within) if (set !== object) await read({ object: set, relation });
  return { tuples: [...found.values()], isCut };
}
