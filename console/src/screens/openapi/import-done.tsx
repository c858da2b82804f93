import { Button } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { openApiWords } from './words.ts';

/** It is done, and where one goes from here. */
export function ImportDone({ api, changed, onAgain }: { api: string; changed: number; onAgain: () => void }) {
  const words = useWords(openApiWords);
  return (
    <Blank
      isPage
      icon={IconRoute}
      title={words.doneTitle(api)}
      actions={
        <>
          <Button component={Link} to="/routes">
            {words.seeRoutes}
          </Button>
          <Button component={Link} to={`/apis/${api}`} variant="default">
            {words.seeApi}
          </Button>
          <Button component={Link} to={`/apis/${api}/drift`} variant="default">
            {words.seeDrift}
          </Button>
          <Button variant="subtle" onClick={onAgain}>
            {words.again}
          </Button>
        </>
      }
    >
      {words.imported(changed)}. {words.doneText}
    </Blank>
  );
}
