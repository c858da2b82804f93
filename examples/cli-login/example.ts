import type { StartExample } from '../../scripts/example-setting.ts';

/** There is nothing to keep running but Gatehouse: the tool is run by hand, in another terminal. */
export const start: StartExample = async ({ issuer, addPerson }) => {
  const { email, password } = await addPerson({ email: 'ada@example.com', name: 'Ada Lovelace' });
  return {
    welcome: `
In another terminal:

  node examples/cli-login/login.ts --issuer ${issuer}
  node examples/cli-login/login.ts --issuer ${issuer} --device

  Sign in as ${email} with the password ${password}`,
    close: async () => undefined,
  };
};
