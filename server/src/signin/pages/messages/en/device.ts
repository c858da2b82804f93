/** Connecting a device that shows a code. */
export const device = {
  codeTitle: 'Connect a device',
  codeIntro: 'Enter the code that your device shows.',
  code: 'Code',
  codeHint: 'Eight letters. Dashes, blanks and lower case don’t matter.',
  codeWrong:
    'No device waits with this code. Check it, or let the device show a new one: a code is good for ten minutes.',
  codeTooOften: 'Too many codes were wrong. Wait a few minutes, then enter the code from your device.',
  title: (client: string) => `Connect ${client}?`,
  mustShow: 'Your device must show this code:',
  warning:
    'Go on only if you hold this device in your own hands. If somebody sent you this code or this link, don’t: they would get into your account.',
  askedFor: 'Asked for',
  from: 'From the address',
  connect: 'Connect',
  dont: 'Don’t connect',
  connected: (client: string) => `${client} is connected`,
  connectedNote: 'Go back to your device: it goes on by itself in a few seconds. You can close this page.',
  notConnected: (client: string) => `${client} was not connected`,
  notConnectedNote: 'Nothing was given away. You can close this page.',
};
