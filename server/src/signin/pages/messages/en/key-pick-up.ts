/** Where somebody picks up the key that takes the place of another. */
export const keyPickUp = {
  title: 'Pick up the new API key',
  message: (name: string, display: string) =>
    `The API key “${name}” (${display}) is to be replaced. The button makes the new key, which may do the same and is shown to you once, on the next page.`,
  show: 'Make the new key and show it',
  doneTitle: 'Your new API key',
  done: (name: string) => `This is the new key for “${name}”. It stands nowhere else: put it where you keep secrets.`,
  old: (time: string) => `The old key works until ${time}. Put the new one into use before then.`,
};
