-- Begins a completion, where its user's limits allow it: the lock, the limits and the row in one round
-- trip, for a hundred may be asked for at once.
--
-- A function, because each statement inside a VOLATILE function sees a fresh snapshot: two that come
-- together are counted one after the other, and the second sees the first.
--
-- Answers what runs and what is spent of today (UTC); what runs counts as if it became full. Where that is
-- the limit or more, `created_at` is null and nothing is stored.

CREATE FUNCTION completion_start(
  new_id uuid, new_user uuid, new_chat text, new_messages json,
  owner text, lease interval, new_instance text,
  answer_tokens int, max_running int, max_tokens int
)
RETURNS TABLE (running int, spent int, seconds_left int, created_at timestamptz)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  midnight timestamptz := date_trunc('day', now(), 'UTC');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(new_user::text, 4));

  SELECT count(*) FILTER (WHERE c.status = 'running'),
         coalesce(sum(CASE c.status WHEN 'running' THEN answer_tokens ELSE c.tokens END)
                  FILTER (WHERE c.created_at >= midnight), 0)
    INTO running, spent
    FROM completion c
   WHERE c.user_id = new_user AND (c.status = 'running' OR c.created_at >= midnight);
  seconds_left := ceil(extract(epoch FROM midnight + interval '1 day' - now()));

  IF running < max_running AND spent < max_tokens THEN
    INSERT INTO completion (id, user_id, chat_id, messages, lease_owner, lease_until, instance)
    VALUES (new_id, new_user, new_chat, new_messages, owner, now() + lease, new_instance)
    RETURNING completion.created_at INTO created_at;
  END IF;
  RETURN NEXT;
END
$$;
