import { localStorageColorSchemeManager, MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries.ts';
import { cssVariables, theme } from '../look/theme.ts';
import { styleNonce } from '../session/page-facts.ts';
import { router } from './router.tsx';
import { SignInFailedPage } from './sign-in-failed-page.tsx';
import { StepUpProvider } from './step-up.tsx';

const schemes = localStorageColorSchemeManager({ key: 'gatehouse.appearance' });

export function App({ failure }: { failure: Error | undefined }) {
  const { t } = useTranslation();
  const close = t('common.close');
  const named = useMemo(() => withClosingNamed(close), [close]);
  return (
    <MantineProvider
      theme={named}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
      getStyleNonce={() => styleNonce}
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queries}>
        {failure === undefined ? (
          <StepUpProvider>
            <RouterProvider router={router} />
          </StepUpProvider>
        ) : (
          <SignInFailedPage failure={failure} />
        )}
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The cross of a dialog or drawer is a picture: to who can't see it, it has a name. */
function withClosingNamed(label: string) {
  const defaultProps = { closeButtonProps: { 'aria-label': label } };
  return mergeThemeOverrides(theme, { components: { Modal: { defaultProps }, Drawer: { defaultProps } } });
}
