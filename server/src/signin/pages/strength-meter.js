/**
 * How soon a new password would be guessed, while it is typed: by zxcvbn and its dictionaries, which were loaded before
 * this file. Nothing leaves the browser. The server makes the same estimate when the form is sent, and decides by it.
 */
const { ZxcvbnFactory } = globalThis.zxcvbnts.core;
const { dictionary, adjacencyGraphs: graphs } = globalThis.zxcvbnts['language-common'];
const zxcvbn = new ZxcvbnFactory({ dictionary, graphs });

/** As the server has it (password-rules.ts, password-guesses.ts). */
const LENGTH_MIN = 8;
const LOOKED_AT_MAX = 64;
/** What anyone would try first: the product's name, and whom the form is about. */
const PRODUCT_WORDS = ['gatehouse'];
const ABOUT = 'input[name="username"], input[name="email"], input[name="name"]';
/** A long password takes some time to estimate: nobody waits for it between two letters. */
const PAUSE_MILLISECONDS = 120;

function scoreOf(input) {
  const password = input.value;
  if ([...password].length < LENGTH_MIN) return 0;
  const about = [...(input.form?.querySelectorAll(ABOUT) ?? [])]
    .map(({ value }) => value)
    .filter((text) => text !== '');
  const words = [...PRODUCT_WORDS, ...about, ...about.flatMap((text) => text.split('@'))];
  return zxcvbn.check(
    password.slice(0, LOOKED_AT_MAX),
    words.map((word) => word.slice(0, LOOKED_AT_MAX)),
  ).score;
}

for (const meter of document.querySelectorAll('[data-meter]')) {
  const input = document.getElementById(meter.dataset.meter);
  const words = meter.dataset.words.split('|');
  const word = meter.querySelector('[data-meter-word]');
  let pause;
  const show = () => {
    meter.hidden = input.value === '';
    if (meter.hidden) return;
    const score = scoreOf(input);
    meter.dataset.level = String(score);
    // Said once for each change: the same words again would only interrupt.
    if (word.textContent !== words[score]) word.textContent = words[score];
  };
  input.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(show, PAUSE_MILLISECONDS);
  });
  show();
}
