import { TagsInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';

interface PlaceFieldsProps {
  inputProps: (name: 'addresses' | 'apis' | 'routes') => GetInputPropsReturnType;
  choices?: { apis: string[]; routes: string[] };
}

/** Where a key may be used; everywhere, as long as nothing is said. */
export function PlaceFields({ inputProps, choices = { apis: [], routes: [] } }: PlaceFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TagsInput label={t('keys.addresses')} description={t('keys.addressesHint')} {...inputProps('addresses')} />
      <TagsInput label={t('keys.apis')} data={choices.apis} {...inputProps('apis')} />
      <TagsInput label={t('keys.routes')} data={choices.routes} {...inputProps('routes')} />
    </>
  );
}

/** As the Admin API has it: what is left out restricts nothing. */
export const restrictionsOf = ({ addresses, apis, routes }: Record<'addresses' | 'apis' | 'routes', string[]>) => ({
  ...(addresses.length === 0 ? {} : { addresses }),
  ...(apis.length === 0 ? {} : { apis }),
  ...(routes.length === 0 ? {} : { routes }),
});
