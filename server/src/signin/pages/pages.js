/**
 * Comfort for the hosted pages, nothing more: everything here has a way without it. What a page wants is written in its
 * data attributes; what needs a script is `hidden` until this file has run.
 */

// An answer on its way to the application that asked for it.
document.querySelector('form[data-submit]')?.requestSubmit();

/** On a telephone the account's menu is a strip: where one is must be in sight. */
const here = document.querySelector('nav [aria-current]');
if (here !== null) {
  const strip = here.closest('ul');
  strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

for (const button of document.querySelectorAll('button[data-reveal]')) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
    button.querySelector('[data-word]').textContent = shown ? button.dataset.hide : button.dataset.show;
    input.focus();
  });
  // A browser that remembers what was typed must not remember it as ordinary text.
  input.form?.addEventListener('submit', () => {
    input.type = 'password';
  });
}

/** Rough, by design: bits by distinct characters and their kinds, less for rows, repeats and very common starts. */
function strengthOf(password) {
  const plain = password
    .toLowerCase()
    .replace(/(.+?)\1+/g, '$1')
    .replace(/(?:0123|1234|2345|3456|4567|5678|6789|abcd|qwer|wert|asdf|yxcv|zxcv)+/g, 'x')
    .replace(
      /(?:pass(?:word|wort)?|passwort|admin|welcome|willkommen|hallo|hello|letmein|iloveyou|login|gatehouse)/g,
      'x',
    )
    .replace(/(?:19|20)\d\d/g, 'x');
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\p{L}\d]/u, /\P{ASCII}/u].filter((kind) => kind.test(password)).length;
  const bits = [...plain].length * (1.8 + 0.45 * kinds) + new Set(plain).size;
  if ([...password].length < 8) return 0;
  return [28, 42, 56].filter((limit) => bits >= limit).length + 1;
}

for (const meter of document.querySelectorAll('[data-meter]')) {
  const input = document.getElementById(meter.dataset.meter);
  const words = meter.dataset.words.split('|');
  const word = meter.querySelector('[data-meter-word]');
  const show = () => {
    const level = strengthOf(input.value);
    meter.hidden = input.value === '';
    meter.dataset.level = String(level);
    word.textContent = words[level];
  };
  input.addEventListener('input', show);
  show();
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (navigator.clipboard === undefined) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy);
    const lines = [...source.querySelectorAll('code')].map((code) => code.textContent);
    await navigator.clipboard.writeText((lines.length > 0 ? lines : [source.value ?? source.textContent]).join('\n'));
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
}

for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

/** A second press on the same button while the first is under way would only be refused. */
for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent !== undefined) event.preventDefault();
    form.dataset.sent = '';
    // A form that brings a file leaves its page open.
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});
