import type { ItemOf } from '@gatehouse/sdk/admin';
import { Button, Group, Loader, Modal, MultiSelect, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { errorsOf } from '../../forms/errors-of.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import { InviteButton } from './invite.tsx';
import { PersonName, usePersonOf } from './person-name.tsx';
import { useRoleNames } from './use-role-names.ts';
import { words } from './words.ts';

type Member = ItemOf<'/api/v1/organizations/{name}/members'>;
const ONE = '/api/v1/organizations/{name}/members/{userId}';

/** Who belongs to an organization, with the roles they have there. `organization`: its name or id. */
export function Members({ organization: name }: { organization: string }) {
  const { t } = useTranslation();
  const { members: say } = useWords(words);
  const me = useMe();
  const [ending, setEnding] = useState<Member>();
  const [editing, setEditing] = useState<Member>();
  const { data, hasNextPage, fetchNextPage, isPending } = useList('/api/v1/organizations/{name}/members', {
    params: { name },
  });
  const put = (userId: string, roles: readonly string[]) =>
    api.put(ONE, { params: { name, userId }, body: { roles: [...roles] }, ifMatch: '*' });
  const end = useAction({
    run: ({ userId }: Member) => api.delete(ONE, { params: { name, userId } }),
    done: () => t('people.memberEnded'),
    // An organization reaches only its members: whoever left is invited again.
    ...(me.organizationId === undefined ? { undo: ({ userId, roles }: Member) => put(userId, roles) } : {}),
  });
  const mayWrite = me.may('memberships:write');
  const invite = <InviteButton {...(me.organizationId === undefined ? { organization: name } : {})} />;
  return (
    <Card title={t('people.members')} lead={t('people.membersLead')} actions={invite}>
      {isPending && <Loader size="sm" />}
      {data !== undefined && (
        <Rows empty={t('people.noMembers')}>
          {data.pages.flatMap(({ items }) =>
            items.map((member) => (
              <Group key={member.userId} justify="space-between" wrap="nowrap">
                <div>
                  <PersonName id={member.userId} /> {member.roles.length > 0 && <Words words={member.roles} />}
                </div>
                {mayWrite && member.userId !== me.id && (
                  <MemberMenu member={member} onEdit={setEditing} onEnd={setEnding} />
                )}
              </Group>
            )),
          )}
        </Rows>
      )}
      {hasNextPage && (
        <Button mt="sm" variant="default" size="xs" onClick={() => void fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={say.roles}>
        {editing !== undefined && <Roles member={editing} put={put} onClose={() => setEditing(undefined)} />}
      </Modal>
      <Confirm
        opened={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={t('people.endMembershipTitle')}
        action={t('people.endMembership')}
        onConfirm={() => {
          if (ending !== undefined) end.mutate(ending);
          setEnding(undefined);
        }}
      >
        {t('people.endMembershipText')}
      </Confirm>
    </Card>
  );
}

interface MemberMenuProps {
  member: Member;
  onEdit: (member: Member) => void;
  onEnd: (member: Member) => void;
}

/** An account that the organization manages belongs to it for as long as there is one: it is suspended or deleted. */
function MemberMenu({ member, onEdit, onEnd }: MemberMenuProps) {
  const { t } = useTranslation();
  const { members: say } = useWords(words);
  const user = usePersonOf(member.userId);
  return (
    <MoreMenu
      actions={[
        { label: say.roles, icon: IconPencil, onClick: () => onEdit(member) },
        {
          label: t('people.endMembership'),
          icon: IconUserMinus,
          harmful: true,
          onClick: () => onEnd(member),
          hidden: user?.managedBy === member.organizationId,
        },
      ]}
    />
  );
}

interface RolesProps {
  member: Member;
  put: (userId: string, roles: readonly string[]) => Promise<unknown>;
  onClose: () => void;
}

function Roles({ member: { userId, roles: held }, put, onClose }: RolesProps) {
  const { t } = useTranslation();
  const { members: say } = useWords(words);
  const known = useRoleNames();
  const form = useForm({ initialValues: { roles: [...held] } });
  const save = useAction({
    run: ({ roles }: typeof form.values) => put(userId, roles),
    done: () => t('common.saved'),
    undo: () => put(userId, held),
    onDone: onClose,
    onRefused: (error) => form.setErrors({ roles: errorsOf(error.fields, error.message).form ?? error.message }),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <MultiSelect
          label={t('keys.roles')}
          description={say.rolesHint}
          data={[...new Set([...known, ...held])]}
          searchable
          data-autofocus
          {...form.getInputProps('roles')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
