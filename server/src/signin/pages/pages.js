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

/** The meter and its dictionaries are half a megabyte, for whoever makes up a password: they come with its first letter. */
for (const meter of document.querySelectorAll('[data-meter]')) {
  const input = document.getElementById(meter.dataset.meter);
  const load = () => {
    for (const path of meter.dataset.scripts.split(' ')) {
      const script = document.createElement('script');
      script.src = path;
      // In the order in which they stand there: each uses what the one before it defines.
      script.async = false;
      document.head.append(script);
    }
  };
  input.addEventListener('input', load, { once: true });
  // What a browser filled in again when it came back to the page.
  if (input.value !== '') input.dispatchEvent(new Event('input'));
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
