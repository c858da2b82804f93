import { JsonInput, SegmentedControl, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconFileCertificate,
  IconInfoCircle,
  IconShieldCheck,
  IconShieldQuestion,
  IconShieldX,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { relativeTime } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { issuer } from '../../session/page-facts.ts';
import { ClaimsTable } from './claims-table.tsx';
import { type Finding, judgeToken } from './judge-token.ts';
import classes from './jwt.module.css';
import { type ReadToken, readToken } from './read-token.ts';
import { ownKeys, readKeySet, verifySignature } from './verify-signature.ts';
import { jwtWords } from './words.ts';

/** Nothing of the token is put in the address, in storage, or into a request. */
export function JwtScreen() {
  const words = useWords(jwtWords);
  const [text, setText] = useState('');
  const [source, setSource] = useState<'own' | 'pasted'>('own');
  const [pasted, setPasted] = useState('');
  const [audience, setAudience] = useState('');
  const keySet = readKeySet(pasted);
  const own = useQuery({
    queryKey: ['own keys'],
    queryFn: ({ signal }) => ownKeys(issuer, signal),
    staleTime: 60_000,
    enabled: source === 'own',
  });
  const keys = source === 'own' ? own.data : keySet;
  const reading = text.trim() === '' ? undefined : readToken(text);
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <div className={classes.screen}>
        <Card>
          <Stack gap="md">
            <Textarea
              label={words.token}
              placeholder={words.tokenHint}
              autosize
              minRows={6}
              maxRows={14}
              value={text}
              spellCheck={false}
              autoComplete="off"
              classNames={{ input: classes.token ?? '' }}
              onChange={({ currentTarget }) => setText(currentTarget.value)}
            />
            <div>
              <Text size="sm" fw={500} mb={4}>
                {words.whose}
              </Text>
              <SegmentedControl
                fullWidth
                aria-label={words.whose}
                value={source}
                onChange={(value) => setSource(value === 'own' ? 'own' : 'pasted')}
                data={[
                  { value: 'own', label: words.thisIssuer },
                  { value: 'pasted', label: words.pasted },
                ]}
              />
            </div>
            {source === 'pasted' && (
              <JsonInput
                label={words.jwks}
                description={words.jwksHint}
                placeholder={'{"keys": []}'}
                autosize
                minRows={4}
                maxRows={12}
                value={pasted}
                error={pasted !== '' && keySet === undefined ? words.jwksBad : null}
                onChange={setPasted}
              />
            )}
            <TextInput
              label={words.audience}
              description={words.anyAudience}
              placeholder={words.audienceHint}
              value={audience}
              spellCheck={false}
              onChange={({ currentTarget }) => setAudience(currentTarget.value)}
            />
          </Stack>
        </Card>
        <div className={classes.answer} aria-live="polite">
          {reading === undefined && (
            <Card>
              <Blank title={words.emptyTitle} icon={IconFileCertificate}>
                {words.emptyText}
              </Blank>
            </Card>
          )}
          {reading?.ok === false && (
            <Card>
              <Findings findings={[{ tone: 'bad', text: words.said[reading.why] }]} />
            </Card>
          )}
          {reading?.ok === true && (
            <Judged
              token={reading.token}
              keys={keys}
              issuer={source === 'own' ? issuer : undefined}
              audience={audience.trim()}
            />
          )}
        </div>
      </div>
    </>
  );
}

interface JudgedProps {
  token: ReadToken;
  keys: Parameters<typeof verifySignature>[1];
  issuer: string | undefined;
  audience: string;
}

function Judged({ token, keys, issuer: wanted, audience }: JudgedProps) {
  const words = useWords(jwtWords);
  const [now, setNow] = useState(Date.now);
  // What is good now may have expired in a second.
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const { data: signature } = useQuery({
    // Forgotten as soon as nobody looks at it any more.
    queryKey: ['signature', token.text, keys],
    queryFn: () => verifySignature(token, keys),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const findings = judgeToken(token, {
    now,
    issuer: wanted,
    audience,
    signature,
    relative: (at) => relativeTime(at, now),
    words: words.said,
  });
  const isBad = findings.some(({ tone }) => tone === 'bad');
  const isVerified = signature?.outcome === 'good';
  const Picture = isBad ? IconShieldX : isVerified ? IconShieldCheck : IconShieldQuestion;
  return (
    <>
      <Card>
        <div className={classes.verdict} data-tone={isBad ? 'bad' : isVerified ? 'good' : 'warn'}>
          <span className={classes.sign}>
            <Picture size={24} stroke={1.6} aria-hidden />
          </span>
          <Title order={2}>{isBad ? words.verdictBad : isVerified ? words.verdictGood : words.verdictUnknown}</Title>
        </div>
        <Findings findings={findings} />
      </Card>
      <Card title={words.claims}>
        <ClaimsTable members={token.claims} now={now} />
      </Card>
      <Card title={words.header}>
        <ClaimsTable members={token.header} now={now} />
      </Card>
      <Card title={words.raw}>
        <code className={classes.raw}>
          <span data-part="header">{token.parts[0]}</span>.<span data-part="claims">{token.parts[1]}</span>.
          <span data-part="signature">{token.parts[2]}</span>
        </code>
      </Card>
    </>
  );
}

const PICTURES = { bad: IconCircleX, warn: IconAlertTriangle, good: IconCircleCheck, quiet: IconInfoCircle };

function Findings({ findings }: { findings: readonly Finding[] }) {
  const words = useWords(jwtWords);
  return (
    <ul className={classes.findings} aria-label={words.findings}>
      {findings.map(({ tone, text }) => {
        const Picture = PICTURES[tone];
        return (
          <li key={text} data-tone={tone}>
            <Picture size={18} stroke={1.8} aria-hidden />
            <span>{text}</span>
          </li>
        );
      })}
    </ul>
  );
}
