import { Box, Text } from '@mantine/core';
import {
  type Icon,
  IconCheck,
  IconFingerprint,
  IconGavel,
  IconKey,
  IconRoute,
  IconServer,
  IconShieldLock,
  IconTopologyStar3,
  IconUserShield,
  IconX,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { namedOf, nameQuery } from '../api/names.ts';
import { useMe } from '../api/whoami.ts';
import { useWords } from '../language/own-words.ts';
import classes from './decision-path.module.css';
import { StageDetail } from './stage-detail.tsx';
import { type Stage, type StageName, stagesOf, stopOf, type Trace } from './stages.ts';
import { decisionWords } from './words.ts';

const PICTURES: Readonly<Record<StageName, Icon>> = {
  credential: IconKey,
  principal: IconFingerprint,
  scopes: IconShieldLock,
  roles: IconUserShield,
  policies: IconGavel,
  relationships: IconTopologyStar3,
  route: IconRoute,
  upstream: IconServer,
};

/**
 * One decision as the way that a request takes through the house: each station is a button that tells what was looked at
 * there; where it ended, the way is barred. Across where there is room, downwards where there is little.
 */
export function DecisionPath({ trace }: { trace: Trace }) {
  const words = useWords(decisionWords);
  const id = trace.record?.principalId ?? trace.request?.principal?.id ?? '';
  const { data: name } = useQuery(nameQuery(id, namedOf(id, useMe())));
  const stages = stagesOf(trace, words).map((stage) =>
    stage.note === id && name != null ? { ...stage, note: name } : stage,
  );
  const stop = stopOf(trace);
  const [chosen, choose] = useState<StageName>();
  const shown = stages.find(({ name }) => name === (chosen ?? stop)) ?? stages.find(({ name }) => name === 'policies');
  const panel = useId();
  return (
    <Box className={classes.way ?? ''}>
      <ol className={classes.path} aria-label={words.path}>
        {stages.map((stage) => (
          <li key={stage.name} className={classes.stop} data-state={stage.state}>
            <StageButton
              stage={stage}
              isShown={stage.name === shown?.name}
              panel={panel}
              onClick={() => choose(stage.name)}
            />
          </li>
        ))}
      </ol>
      {shown !== undefined && (
        <section id={panel} className={classes.panel} aria-label={words.stages[shown.name]} data-state={shown.state}>
          <StageDetail stage={shown.name} trace={trace} />
        </section>
      )}
    </Box>
  );
}

function StageButton(props: { stage: Stage; isShown: boolean; panel: string; onClick: () => void }) {
  const { stage, isShown, panel, onClick } = props;
  const words = useWords(decisionWords);
  const Picture = PICTURES[stage.name];
  return (
    <button type="button" className={classes.button} aria-expanded={isShown} aria-controls={panel} onClick={onClick}>
      <span className={classes.mark} aria-hidden>
        <Picture size={20} stroke={1.6} />
        {stage.state === 'passed' && <IconCheck className={classes.badge} size={14} stroke={3} />}
        {stage.state === 'stopped' && <IconX className={classes.badge} size={14} stroke={3} />}
      </span>
      <span className={classes.words}>
        <Text component="span" size="sm" fw={600} className={classes.name}>
          {words.stages[stage.name]}
        </Text>
        <Text component="span" size="xs" c="dimmed" className={classes.note} title={stage.note}>
          {breakable(stage.note)}
        </Text>
        <span className="visually-hidden">{words.states[stage.state]}</span>
      </span>
    </button>
  );
}

/** Names hold dots and colons, and no spaces to break at. */
function breakable(text: string): string {
  return text.replaceAll(/[.:]/g, '$&\u200b');
}
