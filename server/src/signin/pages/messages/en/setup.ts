/** The first administrator. */
export const setup = {
  title: 'Create the first administrator',
  intro: (product: string) =>
    `This account can change everything in ${product}. The link that brought you here works once.`,
  at: (host: string) => `You are setting up ${host}`,
  name: 'Your name',
  passwordAgain: 'Password, once more',
  passwordHint: (min: number) =>
    `At least ${min} characters, and any you like. Long is better than complicated: a few unrelated words, or what your password manager suggests.`,
  passwordsDiffer: 'The two passwords differ.',
  submit: 'Create account',
};
