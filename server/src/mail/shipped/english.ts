import type { MailTemplateName } from '../mail-templates.ts';
import type { Letter } from './lay-out.ts';

const greeting = '{% if name == "" %}Hello,{% else %}Hello {{ name }},{% endif %}';
const foot = 'Sent by {{ product }} at {{ host }}. This mailbox is not read.';
const NOT_YOU = 'If that was not you, ignore this mail: nothing happens without the link.';
const LEAK_FOUND =
  'The API key {{ key }} ({{ display }}) was found where others can read it, and reported by {{ source }} on {{ time }}.';
const LEAK_PLACE =
  '{% if place == "" %}Where it was found is not known.{% else %}It was found at {{ place }}{% endif %}';
const WAS_IT_YOU = 'If that was not you, someone else may be using your account.';

const RECEIVER_BACK =
  'When it is there again, enable the webhook in the console. What waits since then is sent at once; what happens meanwhile is not.';

export const ENGLISH: Readonly<Record<MailTemplateName, Letter>> = {
  password_recovery: {
    subject: 'Choose a new password',
    greeting,
    parts: [
      'Someone, hopefully you, asked for a new password for your account at {{ host }}.',
      { button: 'Choose a new password', link: 'link' },
      'The link works once, for {{ minutes }} minutes. Whoever has it can set your password: show it to nobody.',
      NOT_YOU,
    ],
    foot,
  },
  registration_verify: {
    subject: 'Confirm your e-mail address',
    greeting,
    parts: [
      'Welcome to {{ host }}. Confirm that this address is yours to make your account.',
      { button: 'Confirm this address', link: 'link' },
      'Or type this code where you began:',
      { code: 'code' },
      'Link and code work once, for {{ minutes }} minutes.',
      'If you did not ask for an account, ignore this mail: none is made.',
    ],
    foot,
  },
  registration_taken: {
    subject: 'You have an account already',
    greeting,
    parts: [
      'Someone, hopefully you, tried to make an account at {{ host }} with this address. You have one already.',
      { button: 'Sign in', link: 'sign_in_link' },
      { button: 'Forgot your password?', link: 'recovery_link' },
      'If that was not you, there is nothing to do.',
    ],
    foot,
  },
  sign_in_code: {
    subject: '{{ code }} is your code for {{ host }}',
    greeting,
    parts: [
      'Type this code where you are signing in ({{ device }}):',
      { code: 'code' },
      'Or open the link in the same browser:',
      { button: 'Sign in', link: 'link' },
      'Both work once, for {{ minutes }} minutes. Nobody who calls or writes to you needs this code.',
      'If you are not signing in, someone knows your password or your address. Change your password.',
    ],
    foot,
  },
  email_change_verify: {
    subject: 'Confirm your new e-mail address',
    greeting,
    parts: [
      'This is to become the e-mail address of an account at {{ host }}.',
      { button: 'Confirm this address', link: 'link' },
      'Or type this code where you began:',
      { code: 'code' },
      'Link and code work once, for {{ minutes }} minutes.',
      NOT_YOU,
    ],
    foot,
  },
  invitation: {
    subject: 'You are invited to {{ organization }}',
    greeting,
    parts: [
      '{{ inviter }} invites you to {{ organization }} at {{ host }}.',
      { button: 'Accept the invitation', link: 'link' },
      'The link works once, for {{ days }} days. If you did not expect this, ignore it.',
    ],
    foot,
  },
  email_changed: {
    subject: 'The e-mail address of your account was changed',
    greeting,
    parts: [
      'Your account at {{ host }} has another e-mail address since {{ time }} ({{ device }}). This address no longer signs you in.',
      'If that was not you, take your account back: the change is undone, and everyone is signed out.',
      { button: 'Undo the change', link: 'undo_link' },
      'The link works once, for {{ days }} days.',
    ],
    foot,
  },
  email_change_undone: {
    subject: 'Your e-mail address is back',
    greeting,
    parts: [
      'The change of your e-mail address at {{ host }} was undone at {{ time }}, and everyone was signed out.',
      'Choose a new password now:',
      { button: 'Choose a new password', link: 'recovery_link' },
    ],
    foot,
  },
  password_changed: {
    subject: 'Your password was changed',
    greeting,
    parts: [
      'The password of your account at {{ host }} was changed at {{ time }} ({{ device }}).',
      `${WAS_IT_YOU} Choose a new password at once:`,
      { button: 'Choose a new password', link: 'recovery_link' },
    ],
    foot,
  },
  administrator_recovery: {
    subject: 'Back into your account',
    greeting,
    parts: [
      'An administrator of {{ host }} lets you into your account again.',
      { button: 'Get back in', link: 'link' },
      'You choose a new password. Every other way to sign in that was set up for the account is removed, since you told us that it is lost, and you set up new ones.',
      'The link works once, for {{ minutes }} minutes. Whoever has it can take your account: show it to nobody.',
      'If you did not ask for help, tell the administrator, and don’t use the link: nothing happens without it.',
    ],
    foot,
  },
  administrator_recovery_shown: {
    subject: 'An administrator made a recovery link for your account',
    greeting,
    parts: [
      'At {{ time }} an administrator of {{ host }} made a link that sets a new password for your account and removes every other way to sign in. It works once, within an hour, and was handed to the administrator to give to you.',
      'If you did not ask for help, tell another administrator at once, and look at your account:',
      { button: 'Look at your account', link: 'account_link' },
    ],
    foot,
  },
  impersonation_started: {
    subject: 'An administrator acts for you',
    greeting,
    parts: [
      'Since {{ time }} {{ administrator }}, an administrator of {{ host }}, sees and uses applications as you do, for at most {{ minutes }} minutes. The reason given: “{{ reason }}”',
      'Your account can’t be changed that way, and all that is done is written down under the administrator’s name. You can end it at once, where you are signed in:',
      { button: 'Look at your sessions', link: 'account_link' },
    ],
    foot,
  },
  new_device: {
    subject: 'New sign-in to your account',
    greeting,
    parts: [
      'Someone signed in to your account at {{ host }} with a device we have not seen before:',
      '{{ device }}, {{ place }}, {{ time }}',
      `${WAS_IT_YOU} End that session and change your password:`,
      { button: 'Look at your sessions', link: 'account_link' },
    ],
    foot,
  },
  impossible_travel: {
    subject: 'Two sign-ins, far apart',
    greeting,
    parts: [
      'Someone signed in to your account at {{ host }}, shortly after a sign-in from {{ before }}, and too far from there to be the same person:',
      '{{ device }}, {{ place }}, {{ time }}',
      `A VPN or a mobile network can look like this. ${WAS_IT_YOU} End that session and change your password:`,
      { button: 'Look at your sessions', link: 'account_link' },
    ],
    foot,
  },
  factor_added: {
    subject: 'A way to sign in was added',
    greeting,
    parts: [
      '“{{ factor }}” was added to your account at {{ host }} at {{ time }} ({{ device }}).',
      `${WAS_IT_YOU} Remove it and change your password:`,
      { button: 'Look at your account', link: 'account_link' },
    ],
    foot,
  },
  factor_removed: {
    subject: 'A way to sign in was removed',
    greeting,
    parts: [
      '“{{ factor }}” was removed from your account at {{ host }} at {{ time }} ({{ device }}).',
      `${WAS_IT_YOU} Change your password:`,
      { button: 'Look at your account', link: 'account_link' },
    ],
    foot,
  },
  leaked_key_revoked: {
    subject: 'Your API key {{ key }} leaked',
    greeting,
    parts: [
      LEAK_FOUND,
      LEAK_PLACE,
      'The key is revoked: it is refused from now on. Put a new one into use, and keep it out of the source.',
    ],
    foot,
  },
  leaked_key_set_aside: {
    subject: 'Your API key {{ key }} leaked',
    greeting,
    parts: [
      LEAK_FOUND,
      LEAK_PLACE,
      'The key is set aside: it is refused until an administrator of {{ host }} releases it or replaces it.',
    ],
    foot,
  },
  quota_reached: {
    subject: '{{ percent }} % of a quota is used: {{ what }}',
    greeting,
    parts: [
      '{{ what }} at {{ host }} has used {{ used }} of {{ requests }} requests in {{ period }} (UTC): {{ percent }} % or more.',
      '{% if percent == "100" %}Further requests are refused until the period is over.{% else %}When all are used, requests are refused until the period is over.{% endif %}',
    ],
    foot,
  },
  webhook_gone: {
    subject: 'The webhook {{ webhook }} is disabled',
    greeting,
    parts: [
      'The receiver of the webhook “{{ webhook }}” ({{ receiver }}) has answered that it is gone for good. Since {{ time }}, {{ host }} sends it nothing more.',
      RECEIVER_BACK,
    ],
    foot,
  },
  webhook_failing: {
    subject: 'The webhook {{ webhook }} is disabled',
    greeting,
    parts: [
      'The receiver of the webhook “{{ webhook }}” ({{ receiver }}) has taken nothing for five days. Since {{ time }}, {{ host }} sends it nothing more.',
      RECEIVER_BACK,
    ],
    foot,
  },
  key_expires: {
    subject: 'Your API key {{ key }} ends soon',
    greeting,
    parts: [
      'The API key “{{ key }}” ({{ display }}) at {{ host }} ends at {{ time }} (days left: {{ days }}). From then on it is refused.',
      'Rotate it in time, so that both keys work while you put the new one into use: on your account page if it is your own, else ask whoever gave it to you.',
    ],
    foot,
  },
  key_rotation_due: {
    subject: 'Your API key {{ key }} is to be rotated',
    greeting,
    parts: [
      'The API key “{{ key }}” ({{ display }}) at {{ host }} is to be replaced by {{ time }} (days left: {{ days }}).',
      'Rotate it, on your account page if it is your own; else ask whoever gave it to you. The old key goes on working while you put the new one into use.',
    ],
    foot,
  },
  key_unused: {
    subject: 'Nobody uses your API key {{ key }}',
    greeting,
    parts: [
      'The API key “{{ key }}” ({{ display }}) at {{ host }} has not been used for long. If it stays so it is revoked at {{ time }} (days left: {{ days }}).',
      'If you still need it, use it once. If not, there is nothing to do.',
    ],
    foot,
  },
  key_pick_up: {
    subject: 'Pick up the new API key for {{ key }}',
    greeting,
    parts: [
      'The API key “{{ key }}” ({{ display }}) at {{ host }} is to be replaced by {{ time }} (days left: {{ days }}).',
      { button: 'Pick up the new key', link: 'link' },
      'The link works once. It opens a page whose button makes the new key and shows it, and which then says how long the old one goes on working. Whoever has the link can have the key: show it to nobody.',
    ],
    foot,
  },
  refresh_token_reused: {
    subject: '{{ application }} was signed out of your account',
    greeting,
    parts: [
      'At {{ time }} somebody used an old token that {{ application }} had for your account at {{ host }}. That can mean that it was stolen, so everything that {{ application }} had was ended.',
      'If you use {{ application }}, sign in there again. If you do not know it, take away what it may do:',
      { button: 'Look at your account', link: 'account_link' },
    ],
    foot,
  },
  approval_requested: {
    subject: '{{ application }} asks for your approval',
    greeting,
    parts: [
      '{{ application }} asks you to approve something at {{ host }}. Look at what it is before you answer.',
      { button: 'Look at the request', link: 'link' },
      'The request waits for {{ minutes }} minutes. If you did not start anything at {{ application }}, decline it.',
    ],
    foot,
  },
};
