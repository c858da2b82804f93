const PENDING = 'gatehouse.pending';

/** What a person was about to do when they were asked to prove again who they are. Holds no secret. */
export interface PendingAction {
  /** In the person's words, as they confirmed it. */
  label: string;
  method: 'post' | 'put' | 'patch' | 'delete';
  path: string;
  params?: Readonly<Record<string, string>>;
  body?: unknown;
  /** When it was wanted, in milliseconds: what is old is not offered again. */
  at: number;
}

const OFFERED_FOR_MILLISECONDS = 10 * 60_000;

export function keepPending(action: Omit<PendingAction, 'at'>): void {
  sessionStorage.setItem(PENDING, JSON.stringify({ ...action, at: Date.now() }));
}

/** Once: whoever declines is not asked again. */
export function takePending(): PendingAction | undefined {
  const text = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  if (text === null) return undefined;
  const action = JSON.parse(text) as PendingAction;
  return Date.now() - action.at > OFFERED_FOR_MILLISECONDS ? undefined : action;
}
