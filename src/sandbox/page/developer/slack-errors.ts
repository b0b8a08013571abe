type Sentences = readonly [means: string, todo: string]

const FIX_TOKEN = 'Copy the token again from the app’s settings, or install the app again.'
const LOOK_FIRST =
  'Before posting again, look whether the message is already there: a second post cannot be taken back unseen.'
const FRESH_TRIGGER = 'Open the view first, with a placeholder if need be, and fill it with views.update.'
const SHORTEN = 'Shorten it, and say visibly that something was cut.'

/**
 * The common errors of Slack, by code or by method and code, and what becomes of deliveries and faults planned here.
 * Source: Slack's documentation of its methods, of modals, and of responding to interactions.
 */
export const SLACK_ERRORS: ReadonlyMap<string, Sentences> = new Map(
  Object.entries<Sentences>({
    // The request itself.
    unknown_method: ['Slack has no method of this name.', 'Check the spelling of the method in the URL.'],
    insecure_request: ['This method must be called by POST.', 'Send a POST request.'],
    invalid_json: ['The body was announced as JSON and is none.', 'Send valid JSON, or a form.'],
    invalid_form_data: ['The body was announced as a form and is none.', 'Send url-encoded form fields, or JSON.'],
    invalid_post_type: ['Slack does not read this content type.', 'Send application/json or a url-encoded form.'],
    invalid_arguments: ['An argument is missing or of the wrong form.', 'See which one below.'],
    invalid_cursor: ['The cursor is not one that Slack gave.', 'Start again from the first page.'],
    invalid_limit: ['The limit is not a number that Slack takes.', 'Ask for 1 to 1,000 entries.'],
    ratelimited: [
      'Too many calls in too short a time.',
      'Wait as long as Retry-After says, then go on; hold back only this method.',
    ],
    request_timeout: ['Slack took too long to read the request.', 'Try again a little later.'],

    // Who calls.
    not_authed: ['The call came without a token.', 'Send the token as `Authorization: Bearer …`.'],
    invalid_auth: ['Slack does not know this token.', FIX_TOKEN],
    'apps.connections.open invalid_auth': [
      'A socket is opened with the app-level token, and this is not it.',
      'Use the xapp-… token here, the xoxb-… token everywhere else.',
    ],
    not_allowed_token_type: ['The token is of the wrong kind for this method.', 'Use the bot token (xoxb-…) here.'],
    token_revoked: ['The token was revoked.', FIX_TOKEN],
    token_expired: ['The token’s time is over.', 'Refresh it, where token rotation is on.'],
    account_inactive: ['The app was uninstalled, or its user deactivated.', 'Install the app again.'],
    missing_scope: [
      'The token lacks a scope that this method needs.',
      'Add the scope to the app and install it again.',
    ],
    access_denied: ['The token may not use this resource.', 'Ask an administrator of the workspace.'],

    // Messages.
    channel_not_found: [
      'There is no such channel, or the app cannot see it.',
      'Check the id; invite the app to a private channel.',
    ],
    not_in_channel: ['The app is not a member of this channel.', 'Invite it: /invite @app.'],
    is_archived: ['The channel is archived.', 'Unarchive it, or post elsewhere.'],
    is_inactive: ['The channel is closed or archived.', 'Post elsewhere.'],
    restricted_action: ['A setting of the workspace forbids this post.', 'Ask an administrator of the workspace.'],
    messages_tab_disabled: ['The app’s Messages tab is switched off.', 'Switch it on under App Home.'],
    no_text: ['The message has neither text nor blocks.', 'Send a text; with blocks it is what notifications show.'],
    msg_too_long: ['The text is longer than Slack takes.', SHORTEN],
    msg_blocks_too_long: ['Each block is short enough, but all together are too long.', SHORTEN],
    message_not_found: [
      'There is no such message in this channel.',
      'Check channel and ts; ephemeral messages cannot be found at all.',
    ],
    thread_not_found: [
      'There is no thread at this ts.',
      'Check thread_ts: it is the ts of the first message, as a string.',
    ],
    cannot_reply_to_message: ['This message takes no thread.', 'Post outside the thread.'],
    cant_update_message: ['An app may change only its own messages.', 'Post a new one.'],
    cant_delete_message: ['An app may delete only its own messages.', 'Leave it.'],
    edit_window_closed: ['The message may not be edited any more.', 'Post a new one.'],
    user_not_in_channel: [
      'Ephemeral messages reach only members of the channel.',
      'Write to the person directly, or use the response_url.',
    ],
    metadata_too_large: ['The metadata is longer than Slack takes.', 'Keep ids in it, and the rest with yourself.'],
    invalid_metadata_format: ['The metadata is not valid JSON.', 'Send an object with event_type and event_payload.'],
    invalid_metadata_schema: ['The metadata is not of Slack’s form.', 'Send event_type and a flat event_payload.'],

    // Blocks and views.
    invalid_blocks: ['A block breaks Block Kit’s rules.', 'See below where, and which limit.'],
    invalid_blocks_format: ['The blocks are not a JSON array.', 'Send an array of blocks as JSON text.'],
    invalid_trigger_id: ['Slack never gave out this trigger.', 'Use the trigger_id of the interaction at hand.'],
    expired_trigger_id: ['A trigger is good for 3 seconds, and these were over.', FRESH_TRIGGER],
    exchanged_trigger_id: [
      'A trigger opens one view, and this one did already.',
      'Use views.update for the view that is open.',
    ],
    push_limit_reached: ['At most three modals lie on each other.', 'Update the topmost one.'],
    duplicate_external_id: ['Another view has this external_id.', 'Make external_id unique, or leave it out.'],
    hash_conflict: ['The view was changed after the app read it.', 'Read the newer view and decide again.'],
    view_too_large: ['The view is longer than 250 kB.', SHORTEN],
    not_found: ['There is no such view, or the person closed it.', 'Open a new one at the next interaction.'],
    invalid_errors: [
      'The errors of a form do not name its input blocks.',
      'Name block_ids of input blocks, each with a sentence.',
    ],
    not_enabled: ['The app’s Home tab is switched off.', 'Switch it on under App Home.'],

    // People and groups.
    user_not_found: ['There is no such person.', 'Check the id.'],
    users_not_found: ['Nobody active has this address.', 'Check the address: deactivated people are not found by it.'],
    user_not_visible: ['The app may not see this person.', 'Ask an administrator of the workspace.'],
    user_disabled: ['The person is deactivated.', 'Do not write to this person.'],
    no_such_subteam: ['There is no such user group.', 'Check the id: it begins with S.'],
    plan_upgrade_required: ['User groups need a paid plan.', 'List people by id instead.'],

    bot_not_found: ['There is no such bot.', 'Check the id: it begins with B.'],
    users_list_not_supplied: ['Nobody was named to talk to.', 'Name the people by id in `users`.'],
    invalid_user_combination: ['These people cannot be in one conversation.', 'Write to each of them on their own.'],

    // Deliveries to the app.
    operation_timeout: [
      'The app did not acknowledge in time; Slack waits 3 seconds.',
      'Acknowledge first, and work afterwards.',
    ],
    dispatch_failed: [
      'No connection took the delivery, or it broke before the acknowledgement.',
      'Keep a second socket open, or see why the app is away.',
    ],
    http_error: ['The app’s request URL could not be reached.', 'Check that the app runs, and its address.'],
    lost: ['A fault set on this page swallowed the delivery.', 'Mend the fault under Faults.'],

    // Socket Mode.
    unknown_ticket: [
      'A WebSocket url of apps.connections.open opens one socket, and this one did or is none.',
      'Call apps.connections.open anew for every connection.',
    ],
    expired_ticket: [
      'The WebSocket url was too old: it has to be used within seconds.',
      'Connect as soon as apps.connections.open has answered.',
    ],

    // response_url.
    expired_url: [
      'A response_url is good for 30 minutes, and these were over.',
      'Use the Web API, or wait for the next interaction.',
    ],
    used_url: [
      'A response_url is good for 5 answers, and these are spent.',
      'Use chat.update or chat.postEphemeral instead.',
    ],
    no_such_url: ['Slack never gave out this response_url.', 'Post to it exactly as it came.'],
    invalid_payload: ['A response_url takes a POST of a JSON object.', 'Send a message as JSON.'],

    // Planned here.
    timeout_after_commit: ['A fault set on this page: it was carried out, and never answered.', LOOK_FIRST],
    timeout_before_commit: ['A fault set on this page: never carried out, never answered.', LOOK_FIRST],
    reset_after_commit: ['A fault set on this page: it was carried out, and the connection broke.', LOOK_FIRST],
    malformed: ['A fault set on this page: it was carried out, and the answer broke off.', LOOK_FIRST],
    service_unavailable: ['Slack is down for the moment.', 'Try again a little later, each time later.'],
    internal_error: ['Something broke inside Slack.', LOOK_FIRST],
    fatal_error: ['Something broke inside Slack, perhaps after it was carried out.', LOOK_FIRST],
  }),
)
