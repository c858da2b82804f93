import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { namedOf, nameQuery } from '../api/names.ts';
import { useMe } from '../api/whoami.ts';

interface PrincipalNameProps {
  id: string;
  /** Left out where the whole row leads somewhere. */
  plain?: boolean;
}

/** Who acted, by name where it may be known. */
export function PrincipalName({ id, plain = false }: PrincipalNameProps) {
  const named = namedOf(id, useMe());
  const { data } = useQuery(nameQuery(id, named));
  if (named === undefined || data == null) return <code title={id}>{id}</code>;
  if (plain) return <span title={id}>{data}</span>;
  return (
    <Anchor component={Link} to={`${named.page}/${id}`} size="sm" underline="always" title={id}>
      {data}
    </Anchor>
  );
}
