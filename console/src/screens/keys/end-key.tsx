import type { Key } from '@gatehouse/sdk/admin';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { patchCached } from '../../parts/patch-cached.ts';
import { useAction } from '../../parts/use-action.ts';

export type EndKeyWay = 'revoke' | 'quarantine' | 'release';

/** What the key looks like at once, before the server has said yes. */
const OUTCOMES: Record<EndKeyWay, () => Partial<Key>> = {
  revoke: () => ({ revokedAt: Date.now() }),
  quarantine: () => ({ quarantinedAt: Date.now() }),
  release: () => ({ quarantinedAt: null }),
};

export function EndKey({ apiKey, way, onClose }: { apiKey: Key; way: EndKeyWay; onClose: () => void }) {
  const { t } = useTranslation();
  const { id, name } = apiKey;
  const params = { id };
  const call = (verb: EndKeyWay, reason: string) => {
    if (verb === 'revoke')
      return api.post('/api/v1/keys/{id}/revoke', { params, body: reason === '' ? {} : { reason } });
    const path = verb === 'release' ? '/api/v1/keys/{id}/release' : '/api/v1/keys/{id}/quarantine';
    return api.post(path, { params, body: { reason } });
  };
  const { mutate } = useAction({
    run: (reason: string) => call(way, reason),
    optimistic: (_reason, queries) => patchCached(queries, '/api/v1/keys', id, OUTCOMES[way]()),
    done: () => t(`keys.${way}.done`, { name }),
    // Only what was set aside can be had back.
    ...(way === 'quarantine' ? { undo: () => call('release', t('keys.quarantine.undone')) } : {}),
  });
  return (
    <Confirm
      opened
      onClose={onClose}
      title={t(`keys.${way}.title`, { name })}
      action={t(`keys.${way}.open`)}
      reason={way === 'revoke' ? 'optional' : 'required'}
      harmless={way === 'release'}
      {...(way === 'revoke' ? { typed: name } : {})}
      onConfirm={(reason) => {
        onClose();
        mutate(reason);
      }}
    >
      {t(`keys.${way}.text`)}
    </Confirm>
  );
}
