import { Box, Button, CloseButton, Text, Title } from '@mantine/core';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import type { AskedRequest, Change, WhatIf } from '../../decisions/answers.ts';
import { DecisionPath } from '../../decisions/decision-path.tsx';
import { describeChange } from '../../decisions/describe-change.ts';
import { Suggestions } from '../../decisions/suggestions.tsx';
import { TrialNote } from '../../decisions/trial-note.tsx';
import { decisionWords } from '../../decisions/words.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import classes from './explorer.module.css';
import { useFixes } from './use-fixes.ts';
import { useNames } from './use-names.ts';
import { explorerWords } from './words.ts';

interface AnswerCardProps {
  answer: WhatIf;
  /** What is supposed to be otherwise. */
  changes: readonly Change[];
  onSuppose: (changes: readonly Change[]) => void;
}

/** Yes or no in a sentence, the way it took, and what would make it a yes. */
export function AnswerCard({ answer, changes, onSuppose }: AnswerCardProps) {
  const words = useWords(explorerWords);
  const common = useWords(decisionWords);
  const { decision, policies, relationships, suggestions, known } = answer;
  const request = answer.request as AskedRequest;
  const { principal, action = '', resource } = request;
  const names = useNames(principal?.type === 'user' && known ? [principal.id ?? ''] : []);
  const fixOf = useFixes(principal);
  const id = principal?.id ?? '';
  const who = names.get(id) ?? id;
  const what = `${resource?.type} ${resource?.id}`;
  const Picture = decision.allowed ? IconLockOpen : IconLock;
  return (
    <>
      <Card>
        {changes.length > 0 && <AsIf changes={changes} onSuppose={onSuppose} />}
        <div className={classes.verdict} data-allowed={decision.allowed}>
          <span className={classes.sign}>
            <Picture size={24} stroke={1.6} aria-hidden />
          </span>
          <div>
            <Title order={2} className={classes.sentence ?? ''}>
              {decision.allowed ? words.may(who, action, what) : words.mayNot(who, action, what)}
            </Title>
            <Text size="sm" c="dimmed">
              {common.reasons[decision.reason] ?? decision.summary}
            </Text>
          </div>
        </div>
        <Box mb="md">
          <TrialNote decision={decision} />
        </Box>
        <DecisionPath trace={{ decision, request, policies, relationships, known }} />
      </Card>
      {!decision.allowed && (
        <Card>
          <Suggestions suggestions={suggestions} onTry={(more) => onSuppose([...changes, ...more])} fixOf={fixOf} />
        </Card>
      )}
    </>
  );
}

/** What is only supposed stands above what follows from it, and each can be left out again. */
function AsIf({ changes, onSuppose }: Pick<AnswerCardProps, 'changes' | 'onSuppose'>) {
  const words = useWords(explorerWords);
  const common = useWords(decisionWords);
  return (
    <div className={classes.asIf}>
      <Text size="sm" fw={600}>
        {words.asIf}
      </Text>
      {changes.map((change) => {
        const text = describeChange(change, common);
        return (
          <span key={text} className={classes.supposed}>
            {text}
            <CloseButton
              size="sm"
              aria-label={words.drop(text)}
              onClick={() => onSuppose(changes.filter((each) => each !== change))}
            />
          </span>
        );
      })}
      <Button variant="subtle" size="compact-sm" onClick={() => onSuppose([])}>
        {words.backToReal}
      </Button>
    </div>
  );
}
