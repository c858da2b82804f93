/** Questions of applications that ask while the person is at another device. */
export const approvals = {
  title: 'Requests to approve',
  none: 'Nothing waits for your answer.',
  warning: 'Approve only what you started yourself just now, and only if the words match.',
  message: 'It says',
  asked: 'Asked',
  approve: 'Approve',
  decline: 'Decline',
};
