import { Loader, Text } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './outbox-screen.module.css';

interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  createdAt: number;
}

/** What would have been sent, where no mail server is configured and the page is open on the same machine. */
export function OutboxScreen() {
  const { t } = useTranslation();
  const { data, isPending } = useQuery({
    queryKey: ['/dev/outbox'],
    refetchInterval: 5_000,
    queryFn: async (): Promise<Mail[] | null> => {
      const response = await fetch('/dev/outbox.json');
      // There is no such page wherever mail is sent.
      return response.ok ? (await response.json()).items : null;
    },
  });
  return (
    <>
      <PageHead title={t('shell.pages.outbox')} lead={t('operate.outbox.lead')} />
      {isPending && <Loader size="sm" />}
      {data === null && (
        <Blank icon={IconInbox} title={t('operate.outbox.offTitle')}>
          {t('operate.outbox.offText')}
        </Blank>
      )}
      {data?.length === 0 && <Blank icon={IconInbox} title={t('operate.outbox.empty')} />}
      {data?.map(({ id, to, subject, text, createdAt }) => (
        <Card
          key={id}
          title={subject}
          lead={
            <>
              {to} · <Time at={createdAt} />
            </>
          }
        >
          <Text component="pre" className={classes.text ?? ''}>
            {linked(text)}
          </Text>
        </Card>
      ))}
    </>
  );
}

/** Our own addresses can be followed. */
function linked(text: string) {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    part.startsWith(`${location.origin}/`) ? (
      <a key={`${String(index)} ${part}`} href={part}>
        {part}
      </a>
    ) : (
      part
    ),
  );
}
