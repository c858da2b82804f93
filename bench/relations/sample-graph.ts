/** Documents in nested folders, shared with nested groups: the tuples, and questions whose answers are known. */

export const MODEL = `model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type folder
  relations
    define parent: [folder]
    define viewer: [user, group#member] or viewer from parent
type document
  relations
    define parent: [folder]
    define viewer: [user, group#member] or viewer from parent
`;

export interface SampleTuple {
  object: string;
  relation: string;
  user: string;
}

export interface Question {
  user: string;
  object: string;
}

export interface SampleSize {
  documents: number;
  folders: number;
  groups: number;
  users: number;
}

/** Folders and groups are trees in which every node has so many children: seven and five levels at a million tuples. */
const FOLDER_FANOUT = 6;
const GROUP_FANOUT = 8;
const MEMBERS_PER_GROUP = 6;
const SHARED_EVERY = 4;

/** Per document: its folder, and for every fourth one a person it is shared with; the rest are folders and groups. */
export function sizeFor(tuples: number): SampleSize {
  const documents = Math.floor(tuples * 0.6);
  const folders = Math.floor(tuples * 0.06);
  const groups = Math.floor(tuples * 0.02);
  return { documents, folders, groups, users: Math.floor(tuples * 0.05) };
}

/** Small, fast and the same in every run (xorshift32). */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const parentOf = (index: number, fanout: number) => Math.floor((index - 1) / fanout);
/** Neither a group of nearly everybody nor one without groups in it. */
function groupOfFolder(folder: number, groups: number): number {
  const [first, last] = [Math.floor(groups / 64), Math.floor(groups / GROUP_FANOUT) - 1];
  return first + ((folder * 7919) % (last - first));
}

export function* tuplesOf({ documents, folders, groups, users }: SampleSize): Generator<SampleTuple> {
  const pick = seededNumbers(42);
  for (let index = 0; index < groups; index += 1) {
    const object = `group:team-${index}`;
    if (index > 0) {
      const parent = `group:team-${parentOf(index, GROUP_FANOUT)}`;
      yield { object: parent, relation: 'member', user: `${object}#member` };
    }
    for (let member = 0; member < MEMBERS_PER_GROUP; member += 1) {
      yield { object, relation: 'member', user: `user:person-${(index * MEMBERS_PER_GROUP + member) % users}` };
    }
  }
  for (let index = 0; index < folders; index += 1) {
    const object = `folder:dir-${index}`;
    if (index > 0) yield { object, relation: 'parent', user: `folder:dir-${parentOf(index, FOLDER_FANOUT)}` };
    if (index % 3 === 0) {
      yield { object, relation: 'viewer', user: `group:team-${groupOfFolder(index, groups)}#member` };
    }
  }
  for (let index = 0; index < documents; index += 1) {
    const object = `document:doc-${index}`;
    yield { object, relation: 'parent', user: `folder:dir-${pick(folders)}` };
    if (index % SHARED_EVERY === 0) yield { object, relation: 'viewer', user: `user:person-${pick(users)}` };
  }
}

/** Random people and documents: nearly always a no, after everything was looked at. */
export function randomQuestions({ documents, users }: SampleSize, count: number): Question[] {
  const pick = seededNumbers(7);
  return Array.from({ length: count }, () => ({
    user: `user:person-${pick(users)}`,
    object: `document:doc-${pick(documents)}`,
  }));
}

/**
 * A yes over at least five hops: document → folder → its folder → … → a group → a group in it → a person in that. The
 * same numbers are drawn as for the tuples, to know each document's folder.
 */
export function farQuestions(size: SampleSize, count: number): Question[] {
  const { documents, folders, groups, users } = size;
  const pick = seededNumbers(42);
  const choose = seededNumbers(99);
  // From the first document to the last.
  const every = Math.max(1, Math.floor(documents / count));
  const questions: Question[] = [];
  for (let index = 0; index < documents && questions.length < count; index += 1) {
    const folder = pick(folders);
    if (index % SHARED_EVERY === 0) pick(users);
    if (index % every !== 0) continue;
    const person = personFarFrom(folder, { groups, users }, choose);
    if (person !== undefined) questions.push({ user: `user:person-${person}`, object: `document:doc-${index}` });
  }
  return questions;
}

function personFarFrom(
  start: number,
  { groups, users }: Pick<SampleSize, 'groups' | 'users'>,
  choose: (below: number) => number,
): number | undefined {
  let folder = start;
  for (let hop = 0; hop < 2 && folder > 0; hop += 1) folder = parentOf(folder, FOLDER_FANOUT);
  while (folder % 3 !== 0) folder = parentOf(folder, FOLDER_FANOUT);
  const outer = groupOfFolder(folder, groups);
  const inner = outer * GROUP_FANOUT + 1 + choose(GROUP_FANOUT);
  if (inner >= groups) return undefined;
  return (inner * MEMBERS_PER_GROUP + choose(MEMBERS_PER_GROUP)) % users;
}
