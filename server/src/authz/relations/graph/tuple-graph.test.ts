import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeEdge, objectSubject, usersetSubject } from './graph-view.ts';
import { type GraphTuple, TupleGraph } from './tuple-graph.ts';

const id = fc.oneof(fc.constantFrom('1', '2', '3', 'ä', '日本', '*'), fc.integer({ min: 0, max: 40 }).map(String));
const graphTuple: fc.Arbitrary<GraphTuple> = fc.record({
  type: fc.constantFrom('a', 'b'),
  id,
  relation: fc.constantFrom('r', 's'),
  subject: fc.oneof(
    fc.record({ type: fc.constantFrom('a', 'u'), id }),
    fc.record({ type: fc.constantFrom('a', 'u'), id, relation: fc.constantFrom('r', 's') }),
  ),
});
const nameOf = ({ type, id: name, relation, subject }: GraphTuple) =>
  `${type}:${name}#${relation}@${subject.type}:${subject.id}${subject.relation === undefined ? '' : `#${subject.relation}`}`;

/** All tuples, by the chains of sets, and by the chains of subjects. */
function contents(graph: TupleGraph): { bySet: string[]; bySubject: string[] } {
  const bySet: string[] = [];
  const bySubject: string[] = [];
  const addSubject = (subject: number) => {
    for (let edge = graph.firstEdgeOfSubject(subject); edge !== -1; edge = graph.nextEdgeOfSubject(edge)) {
      bySubject.push(describeEdge(graph, edge));
    }
  };
  for (const node of graph.nodes()) {
    addSubject(objectSubject(node));
    for (const set of graph.setsOf(node)) {
      addSubject(usersetSubject(set));
      for (let edge = graph.firstObjectEdge(set); edge !== -1; edge = graph.nextEdge(edge))
        bySet.push(describeEdge(graph, edge));
      for (let edge = graph.firstUsersetEdge(set); edge !== -1; edge = graph.nextEdge(edge))
        bySet.push(describeEdge(graph, edge));
    }
  }
  return { bySet: bySet.sort(), bySubject: bySubject.sort() };
}

function edgeOf(graph: TupleGraph, document: string, user: string): number {
  const set = graph.findSet(graph.findNode(graph.types.find('document'), document), graph.relations.find('viewer'));
  return graph.findEdge(set, graph.findSubject({ type: 'user', id: user }));
}

function conditionOf(graph: TupleGraph, document: string, user: string) {
  return graph.conditionOf(edgeOf(graph, document, user));
}

describe('the graph holds what was put into it', () => {
  test('under any sequence of puts and removals', () => {
    const step = fc.record({ remove: fc.boolean(), tuple: graphTuple });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const graph = new TupleGraph();
        const wanted = new Set<string>();
        for (const { remove, tuple } of steps) {
          if (remove) graph.remove(tuple);
          else graph.put(tuple);
          if (remove) wanted.delete(nameOf(tuple));
          else wanted.add(nameOf(tuple));
        }
        const sorted = [...wanted].sort();
        expect(contents(graph)).toEqual({ bySet: sorted, bySubject: sorted });
        expect(graph.tupleCount).toBe(wanted.size);
      }),
      { numRuns: 100 },
    );
  });

  test('also when most of it is removed, and the numbers of what is gone are given out again', () => {
    const graph = new TupleGraph();
    const tuple = (index: number): GraphTuple => ({
      type: 'document',
      id: `${index % 500}`,
      relation: 'viewer',
      subject: { type: 'user', id: `${index}` },
      condition: index % 7 === 0 ? { name: `c${index}` } : undefined,
    });
    let bytes = 0;
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 20_000; index += 1) graph.put(tuple(index));
      for (let index = 0; index < 20_000; index += 1) if (index % 10 !== 0) graph.remove(tuple(index));
      if (round === 0) bytes = graph.bytes();
    }
    expect(graph.tupleCount).toBe(2_000);
    expect(graph.bytes()).toBe(bytes);
    expect(contents(graph).bySet).toHaveLength(2_000);
    expect(conditionOf(graph, '70', '70')).toEqual({ name: 'c70' });
  });

  test('also when it is removed from deep down long chains, which are then made anew', () => {
    const graph = new TupleGraph();
    const tuple = (index: number): GraphTuple => ({
      type: 'document',
      id: `${index}`,
      relation: 'viewer',
      subject: { type: 'user', id: 'all' },
      condition: { name: `c${index}` },
    });
    for (let index = 0; index < 10_000; index += 1) graph.put(tuple(index));
    const full = graph.end;
    for (let index = 0; index < 9_000; index += 1) graph.remove(tuple(index));
    for (let index = 0; index < 7_000; index += 1) {
      graph.put({ ...tuple(9_000 + (index % 1_000)), subject: { type: 'user', id: `${index}` } });
    }
    for (let index = 0; index < 7_000; index += 1) {
      graph.remove({ ...tuple(9_000 + (index % 1_000)), subject: { type: 'user', id: `${index}` } });
    }
    // Seven thousand new names of people, at most, and not seven thousand new tuples beside them.
    expect(graph.end - full).toBeLessThan(7_000 * 3);
    expect(contents(graph).bySubject).toHaveLength(1_000);
    expect(conditionOf(graph, '9500', 'all')).toEqual({ name: 'c9500' });
    expect(conditionOf(graph, '500', 'all')).toBeUndefined();
  });

  test('sets of any size are searched alike', () => {
    const graph = new TupleGraph();
    const tuple = (set: number, user: number): GraphTuple => ({
      type: 'document',
      id: `${set}`,
      relation: 'viewer',
      subject: { type: 'user', id: `${user}` },
    });
    for (let set = 1; set <= 20; set += 1) for (let user = 0; user < set; user += 1) graph.put(tuple(set, user));
    for (let set = 1; set <= 20; set += 1) for (let user = 0; user < set; user += 1) graph.put(tuple(set, user));
    expect(graph.tupleCount).toBe(210);
    for (let set = 1; set <= 20; set += 1) {
      for (let user = 0; user < 25; user += 1) expect(edgeOf(graph, `${set}`, `${user}`) !== -1).toBe(user < set);
    }
  });

  test('what is not there is not found', () => {
    const graph = new TupleGraph();
    graph.put({ type: 'a', id: '1', relation: 'r', subject: { type: 'u', id: '1' } });
    expect(graph.findSubject({ type: 'u', id: '2' })).toBe(-1);
    expect(graph.findSubject({ type: 'x', id: '1' })).toBe(-1);
    expect(graph.findSubject({ type: 'u', id: '1', relation: 'r' })).toBe(-1);
    graph.remove({ type: 'x', id: '1', relation: 'r', subject: { type: 'u', id: '1' } });
    graph.remove({ type: 'a', id: '1', relation: 'q', subject: { type: 'u', id: '1' } });
    expect(graph.tupleCount).toBe(1);
  });
});
