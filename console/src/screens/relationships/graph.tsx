import '@xyflow/react/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  BaseEdge,
  Controls,
  type Edge,
  type EdgeProps,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { useMemo } from 'react';
import type { Drawing, DrawnNode, RoutedEdge } from './drawing.ts';
import classes from './relationships.module.css';

type WayData = Pick<RoutedEdge, 'points' | 'labelX' | 'labelY'> & { text: string } & Record<string, unknown>;
type WayEdge = Edge<WayData, 'way'>;
type BoxNode = Node<DrawnNode & Record<string, unknown>, 'box'>;

interface GraphProps {
  drawing: Drawing;
  label: string;
  /** Leads on from one thing to another. */
  onChoose?: (id: string) => void;
}

/** A picture that can be moved and walked through by keyboard; what it shows stands below it as a list, too. */
export function Graph({ drawing, label, onChoose }: GraphProps) {
  const scheme = useComputedColorScheme('light');
  const nodes = useMemo(
    () =>
      drawing.nodes.map(
        (node): BoxNode => ({
          id: node.id,
          type: 'box',
          position: { x: node.x, y: node.y },
          width: node.width,
          height: node.height,
          data: { ...node },
          ariaLabel: [node.title, ...node.lines].join(', '),
        }),
      ),
    [drawing],
  );
  const edges = useMemo(
    () =>
      drawing.edges.map(
        ({ from, to, label: text, ...way }): WayEdge => ({
          id: `${from} ${text} ${to}`,
          type: 'way',
          source: from,
          target: to,
          data: { ...way, text },
          markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
          focusable: false,
        }),
      ),
    [drawing],
  );
  return (
    <section className={classes.graph} aria-label={label}>
      <ReactFlow
        // Another drawing is fitted anew.
        key={drawing.nodes.map(({ id }) => id).join()}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1.1 }}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        elementsSelectable={onChoose !== undefined}
        onNodeClick={(_event, { id }) => onChoose?.(id)}
        // The page scrolls on, and does not end in the picture.
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={22} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}

function Box({ data }: NodeProps<BoxNode>) {
  return (
    <div className={classes.box} data-centre={data.isCentre}>
      <Handle type="target" position={Position.Left} className={classes.handle ?? ''} />
      <div className={classes.boxTitle}>{data.title}</div>
      {data.lines.map((line) => (
        <div key={line} className={classes.boxLine} title={line}>
          {line}
        </div>
      ))}
      <Handle type="source" position={Position.Right} className={classes.handle ?? ''} />
    </div>
  );
}

/** Around the boxes, as the layout led it. */
function Way({ data, markerEnd }: EdgeProps<WayEdge>) {
  if (data === undefined) return null;
  return (
    <BaseEdge
      path={smooth(data.points)}
      label={data.text}
      labelX={data.labelX}
      labelY={data.labelY}
      {...(markerEnd === undefined ? {} : { markerEnd })}
    />
  );
}

/** Through the middles between the points, bent at each. */
function smooth(points: WayData['points']): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    return `Q ${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return `M ${first.x} ${first.y} ${bends.join(' ')} L ${last.x} ${last.y}`;
}

const NODE_TYPES = { box: Box };
const EDGE_TYPES = { way: Way };
