/** Questions of applications that ask while the person is at another device. */
export const approvals = {
  title: 'Requests to approve',
  none: 'Nothing waits for your answer.',
  warning: 'Approve only what you started yourself just now, and only if the words match.',
  message: 'It says',
  asked: 'Asked',
  approve: 'Approve',
  decline: 'Decline',
  code: 'Your code',
  codeIsNotSet: 'Set a code if you want to be asked only by those whom you told it.',
  codeIsSet: 'You are asked only by those whom you told your code.',
  newCode: 'New code, 4 characters or more',
  setCode: 'Set the code',
  removeCode: 'Remove the code',
};
