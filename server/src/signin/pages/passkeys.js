/**
 * Passkeys, which no page can do without a script. A form marked `data-passkey` ("get" or "create") fetches what to ask
 * for, has the browser ask its person, and sends the answer as its own field: everything else is an ordinary form.
 */
const { startAuthentication, startRegistration, browserSupportsWebAuthn, browserSupportsWebAuthnAutofill } =
  globalThis.SimpleWebAuthnBrowser;

const CEREMONIES = { get: startAuthentication, create: startRegistration };

async function optionsOf(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.options, { method: 'POST', body, credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

/** `submit()` and not `requestSubmit()`: what listens for a press is not meant again. */
function send(form, response) {
  form.elements.response.value = JSON.stringify(response);
  form.submit();
}

async function run(form, autofill) {
  const told = form.querySelector('[data-passkey-failed]');
  told.hidden = true;
  try {
    const optionsJSON = await optionsOf(form);
    const ceremony = CEREMONIES[form.dataset.passkey];
    send(form, await ceremony({ optionsJSON, ...(autofill ? { useBrowserAutofill: true } : {}) }));
  } catch (error) {
    // Pressing the button takes over from the question that waits in the name field: no failure.
    if (autofill || error?.name === 'AbortError') return;
    told.hidden = false;
    delete form.dataset.sent;
  }
}

if (browserSupportsWebAuthn()) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      run(form, false);
    });
    if (form.dataset.autofill !== undefined) {
      browserSupportsWebAuthnAutofill().then((supported) => supported && run(form, true));
    }
  }
}
