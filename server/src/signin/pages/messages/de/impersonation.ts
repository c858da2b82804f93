import type { Messages } from '../messages.ts';

export const impersonation: Messages['impersonation'] = {
  title: (name) => `Für ${name} handeln?`,
  message: (email, minutes) =>
    `Sie sehen Anwendungen so, wie ${email} sie sieht, für höchstens ${minutes} Minuten. Das Konto können Sie nicht ändern, und alles, was Sie tun, wird unter Ihrem eigenen Namen festgehalten.`,
  reason: (reason) => `Ihr Grund: „${reason}“`,
  begin: 'Für diese Person handeln',
  banner: (name) => `Sie handeln für ${name}. Ändern lässt sich hier nichts, und was Sie tun, wird festgehalten.`,
  end: 'Wieder ich selbst sein',
  acting: 'Jemand von der Verwaltung, der für Sie handelt',
};
