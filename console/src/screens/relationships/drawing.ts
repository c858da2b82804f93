import { graphlib, layout } from '@dagrejs/dagre';
import type { RelationModel, TupleKey } from './openfga.ts';
import { printRestriction } from './print-model.ts';

export interface DrawnNode {
  id: string;
  title: string;
  /** What stands below the title. */
  lines: readonly string[];
  /** The one that the picture is about. */
  isCentre: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface DrawnEdge {
  from: string;
  to: string;
  label: string;
}

/** As it runs between the boxes, and where its label stands. */
export interface RoutedEdge extends DrawnEdge {
  points: readonly { x: number; y: number }[];
  labelX: number;
  labelY: number;
}

/** From left to right, or downwards where there is little room. */
export type Direction = 'LR' | 'TB';

export interface Drawing {
  nodes: readonly DrawnNode[];
  edges: readonly RoutedEdge[];
}

const TITLE_PIXELS = 38;
const LINE_PIXELS = 20;
const CHARACTER_PIXELS = 7.4;
const WIDTH_MIN = 120;
const WIDTH_MAX = 320;

type Box = Pick<DrawnNode, 'id' | 'title' | 'lines' | 'isCentre'>;

/** Types with their relations, and an edge from each type that may have one. */
export function drawModel({ type_definitions }: RelationModel, direction: Direction): Drawing {
  const boxes = type_definitions.map(({ type, relations = {}, metadata }): Box => {
    const lines = Object.keys(relations).map((name) => {
      const direct = metadata?.relations?.[name]?.directly_related_user_types ?? [];
      return direct.length === 0 ? name : `${name} [${direct.map(printRestriction).join(', ')}]`;
    });
    return { id: type, title: type, lines, isCentre: false };
  });
  const edges = new Map<string, Set<string>>();
  for (const { type, metadata } of type_definitions) {
    for (const [relation, { directly_related_user_types: types = [] }] of Object.entries(metadata?.relations ?? {})) {
      for (const each of types) {
        const key = `${each.type} ${type}`;
        edges.set(key, (edges.get(key) ?? new Set()).add(relation));
      }
    }
  }
  return arrange(
    boxes,
    [...edges].map(([key, relations]) => {
      const [from = '', to = ''] = key.split(' ');
      return { from, to, label: [...relations].join(', ') };
    }),
    direction,
  );
}

/** Users on the left, what they have a relation to on the right. */
export function drawTuples(centre: string, tuples: readonly TupleKey[], direction: Direction): Drawing {
  const names = new Set(tuples.flatMap(({ user, object }) => [user, object]));
  const boxes = [...names].map((name): Box => ({ id: name, title: name, lines: [], isCentre: name === centre }));
  const edges = tuples.map(({ user, relation, object }) => ({ from: user, to: object, label: relation }));
  // A set of members comes from the thing whose members they are.
  for (const name of names) {
    const [thing = '', relation] = name.split('#');
    if (relation !== undefined && names.has(thing)) edges.push({ from: thing, to: name, label: relation });
  }
  // Who has the relation stands in the tuples of the thing: led on into the set.
  const sets = [...names].filter((name) => name.includes('#') && !names.has(name.split('#', 1)[0] ?? ''));
  for (const { user, relation, object } of tuples)
    for (const set of sets) if (set === `${object}#${relation}`) edges.push({ from: user, to: set, label: relation });
  return arrange(boxes, edges, direction);
}

function arrange(boxes: readonly Box[], edges: readonly DrawnEdge[], direction: Direction): Drawing {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 24, ranksep: direction === 'LR' ? 60 : 36, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const sizes = new Map(boxes.map((box) => [box.id, sizeOf(box)]));
  for (const { id } of boxes) graph.setNode(id, { ...sizes.get(id) });
  for (const { from, to, label } of edges)
    graph.setEdge(from, to, { width: label.length * 6.5 + 8, height: 18, labelpos: 'c' }, label);
  layout(graph);
  const nodes = boxes.map((box) => {
    const { x, y } = graph.node(box.id) as { x: number; y: number };
    const { width, height } = sizes.get(box.id) ?? { width: 0, height: 0 };
    return { ...box, width, height, x: x - width / 2, y: y - height / 2 };
  });
  // What leads back to its own type stands among its relations.
  const routed = edges
    .filter(({ from, to }) => from !== to)
    .map((edge): RoutedEdge => {
      const way = graph.edge(edge.from, edge.to, edge.label) as unknown as Way;
      return { ...edge, points: way.points, labelX: way.x ?? 0, labelY: way.y ?? 0 };
    });
  return { nodes, edges: routed };
}

interface Way {
  points: { x: number; y: number }[];
  x?: number;
  y?: number;
}

function sizeOf({ title, lines }: Box): { width: number; height: number } {
  const longest = Math.max(title.length * 1.1, ...lines.map((line) => line.length));
  const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, longest * CHARACTER_PIXELS + 28));
  const height = TITLE_PIXELS + (lines.length === 0 ? 0 : lines.length * LINE_PIXELS + 10);
  return { width, height };
}
