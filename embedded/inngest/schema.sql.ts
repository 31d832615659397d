/** The executor's own schema and, beside it, the one that graphile-worker keeps its jobs in. */
export const SCHEMA = "inngest_embedded";
export const QUEUE_SCHEMA = "inngest_embedded_queue";

/**
 * Each entry leads from the version before it to its own; what has run once is never edited.
 * Values of users are `json`, not `jsonb`: they come back byte for byte, and \u0000 is no error.
 */
export const MIGRATIONS: readonly string[] = [
  `
  create table functions (
    id text primary key,
    app_id text not null,
    config json not null
  );
  create table events (
    id text primary key,
    name text not null,
    event json not null,
    received_at timestamptz not null default now()
  );
  -- Ids that senders gave: an id counts once in 24 hours.
  create table event_ids (
    event_id text primary key,
    id text not null,
    received_at timestamptz not null default now()
  );
  create table runs (
    id text primary key,
    function_id text not null,
    status text not null default 'Scheduled'
      check (status in ('Scheduled', 'Running', 'Completed', 'Failed', 'Cancelled')),
    event_ids text[] not null,
    events json not null,
    -- Of the call that looks for the next step; a planned step counts its own.
    attempt integer not null default 0,
    cron text,
    cron_tick timestamptz,
    parent_run text,
    parent_step text,
    output json,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    ended_at timestamptz
  );
  create unique index runs_tick on runs (function_id, cron, cron_tick) where cron is not null;
  create index runs_active on runs (function_id) where ended_at is null;
  create index runs_ended on runs (ended_at) where ended_at is not null;
  create index runs_events on runs using gin (event_ids);
  create sequence completions;
  create table steps (
    run_id text not null references runs on delete cascade,
    id text not null,
    op text not null,
    name text,
    status text not null default 'pending' check (status in ('pending', 'done', 'dropped')),
    attempt integer not null default 0,
    -- The call that found it: steps found by one call are joined.
    found_by bigint,
    -- Whether its end is looked at before the steps beside it have ended (a race).
    eager boolean not null default false,
    -- What the function is given for it, as it stands in "steps" of a call.
    result json,
    completed bigint,
    event_name text,
    expression text,
    due_at timestamptz,
    primary key (run_id, id)
  );
  create index steps_waiting on steps (event_name) where status = 'pending' and event_name is not null;
  -- A call of the app that is due or under way. Its row is deleted in the transaction that stores the answer.
  create table calls (
    id bigint generated always as identity primary key,
    run_id text not null references runs on delete cascade,
    step_id text not null,
    due_at timestamptz not null,
    started_at timestamptz,
    -- Waits for a place under the concurrency limit that "slot" names.
    parked boolean not null default false,
    slot text,
    -- Connections that broke during this attempt, and times that no instance could be reached.
    losses integer not null default 0,
    delays integer not null default 0
  );
  -- One call that has not begun is enough for a step: it will see all that happens before it begins.
  create unique index calls_due on calls (run_id, step_id) where started_at is null;
  create index calls_slot on calls (slot, id) where slot is not null;
  create table batches (
    function_id text not null,
    key text not null,
    event_ids text[] not null,
    due_at timestamptz not null,
    primary key (function_id, key)
  );
  create table crons (
    function_id text not null,
    cron text not null,
    next_at timestamptz not null,
    primary key (function_id, cron)
  );
  `,
];
