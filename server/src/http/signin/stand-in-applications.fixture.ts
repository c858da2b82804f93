import type { ConnectedApplication } from '#oauth';
import { oauthErrors } from '#oauth';

/** Applications of one's own as another room would know them: in memory, so that a page has something to show. */
export function standInApplications() {
  const ofUser = new Map<string, ConnectedApplication[]>();
  return {
    ofUser,
    connectedApplications: async ({ userId }: { userId: string }) => ofUser.get(userId) ?? [],
    disconnectApplication: async ({ userId, id }: { userId: string; id: string }) => {
      const mine = ofUser.get(userId) ?? [];
      if (!mine.some((each) => each.id === id)) throw oauthErrors.application_not_connected();
      ofUser.set(
        userId,
        mine.filter((each) => each.id !== id),
      );
    },
  };
}
