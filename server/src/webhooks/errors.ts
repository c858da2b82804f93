import { defineErrors } from '#base';

export const webhooksErrors = defineErrors({
  webhook_not_found: {
    category: 'not_found',
    message: 'There is no such webhook. List them with: gatehouse webhooks list.',
  },
  webhook_delivery_not_found: {
    category: 'not_found',
    message: 'There is no such delivery of this webhook. It may be older than deliveries are kept.',
  },
  webhook_event_unknown: {
    category: 'invalid_input',
    message: 'A pattern of the webhook stands for no event. List them with: gatehouse webhooks events.',
  },
  webhook_limit_reached: {
    category: 'conflict',
    message: 'There are as many webhooks as there may be. Delete one that is not needed any more.',
  },
  webhook_without_secret: {
    category: 'conflict',
    message:
      'The webhook has no secret, so nothing is sent. Issue one, and give it to the receiver: gatehouse webhooks rotate.',
  },
  webhook_stopped: {
    category: 'conflict',
    message: 'The webhook is paused or was disabled, so nothing is sent. Enable it first.',
  },
});
