import { type Asked, clientFacts, personLine, scopeSection, strangerNotice } from './consent-parts.ts';
import { hiddenFields, notice, textField } from './form-parts.ts';
import { html } from './html.ts';
import { cardPage } from './layout.ts';
import type { Page } from './page-headers.ts';
import type { View } from './view.ts';

/** Asks for the code that a device shows (RFC 8628 §3.3). `status` when the one that was typed is refused. */
export function renderDeviceCodePage(view: View, { typed, status }: { typed: string; status?: number }): Page {
  const { device, frame } = view.locale.text;
  return cardPage(view, {
    title: device.codeTitle,
    status: status ?? 200,
    content: html`<header>
<h1>${device.codeTitle}</h1>
<p>${device.codeIntro}</p>
</header>
<form class="stack" method="get" action="/device" novalidate>
${textField({
  name: 'user_code',
  label: device.code,
  type: 'text',
  autocomplete: 'off',
  value: typed,
  hint: device.codeHint,
  error: status === undefined ? undefined : status === 429 ? device.codeTooOften : device.codeWrong,
  autofocus: true,
})}
<button type="submit">${frame.continue}</button>
</form>`,
  });
}

export interface DevicePage extends Asked {
  interaction: string;
  userCode: string;
  address: string;
  requestedAt: number;
}

/** RFC 8628 §5.4: whoever was sent here by somebody else is told what that means, and compares the code first. */
export function renderDevicePage(view: View, prompt: DevicePage, now: number): Page {
  const { device } = view.locale.text;
  return cardPage(view, {
    title: device.title(prompt.client.displayName),
    content: html`<header>
<h1>${device.title(prompt.client.displayName)}</h1>
</header>
<p class="user-code"><span class="label">${device.mustShow}</span><code class="key">${prompt.userCode}</code></p>
${notice(device.warning, 'warn')}
${strangerNotice(view, prompt.client)}
<form class="stack" method="post" action="/device">
${hiddenFields({ interaction: prompt.interaction, user_code: prompt.userCode })}
${personLine(view, prompt.person)}
${scopeSection(view, prompt)}
<div class="hint">${clientFacts(view, prompt)}<p>${device.askedFor}: ${view.locale.timeAgo(prompt.requestedAt, now)}</p><p>${device.from}: <code>${prompt.address}</code></p></div>
<div class="actions"><button type="submit" class="quiet" name="decision" value="deny">${device.dont}</button><button type="submit" name="decision" value="allow">${device.connect}</button></div>
</form>`,
  });
}

export function renderDeviceAnsweredPage(
  view: View,
  { allowed, client }: { allowed: boolean; client: { displayName: string } },
): Page {
  const { device } = view.locale.text;
  const heading = (allowed ? device.connected : device.notConnected)(client.displayName);
  return cardPage(view, {
    title: heading,
    content: html`<header>
<h1>${heading}</h1>
<p>${allowed ? device.connectedNote : device.notConnectedNote}</p>
</header>`,
  });
}
