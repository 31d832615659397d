-- What one guest may use costs nothing to multiply: guests are free. So completions and uploads are stored
-- with a keyed digest of the address that asked for them, and all guests of an address share a limit.

-- AlterTable
ALTER TABLE "completion" ADD COLUMN "address" TEXT;

-- AlterTable
ALTER TABLE "upload" ADD COLUMN "address" TEXT;

-- CreateIndex
CREATE INDEX "completion_address_created_at_idx" ON "completion"("address", "created_at");

-- CreateIndex
CREATE INDEX "upload_address_idx" ON "upload"("address");

-- completion_start, with the limits of the address beside those of the user: `address_factor` times as much,
-- none where that is 0. `of_address` says whose limit the answer is about. The function without an address
-- stays for the instances of the version before this one, while they are being replaced.
CREATE FUNCTION completion_start(
  new_id uuid, new_user uuid, new_address text, new_chat text, new_messages json,
  owner text, lease interval, new_instance text,
  answer_tokens int, max_running int, max_tokens int, address_factor int
)
RETURNS TABLE (running int, spent int, seconds_left int, of_address boolean, created_at timestamptz)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  midnight timestamptz := date_trunc('day', now(), 'UTC');
BEGIN
  -- Always in this order, the user's before the address's: two starts never wait for each other.
  PERFORM pg_advisory_xact_lock(hashtextextended(new_user::text, 4));
  of_address := false;
  seconds_left := ceil(extract(epoch FROM midnight + interval '1 day' - now()));

  SELECT count(*) FILTER (WHERE c.status = 'running'),
         coalesce(sum(CASE c.status WHEN 'running' THEN answer_tokens ELSE c.tokens END)
                  FILTER (WHERE c.created_at >= midnight), 0)
    INTO running, spent
    FROM completion c
   WHERE c.user_id = new_user AND (c.status = 'running' OR c.created_at >= midnight);
  IF running >= max_running OR spent >= max_tokens THEN
    RETURN NEXT;
    RETURN;
  END IF;

  IF address_factor > 0 THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(new_address, 5));
    -- No answer runs for an hour: the index finds what counts.
    SELECT count(*) FILTER (WHERE c.status = 'running'),
           coalesce(sum(CASE c.status WHEN 'running' THEN answer_tokens ELSE c.tokens END)
                    FILTER (WHERE c.created_at >= midnight), 0)
      INTO running, spent
      FROM completion c
     WHERE c.address = new_address
       AND c.created_at >= least(midnight, now() - interval '1 hour');
    IF running >= max_running * address_factor OR spent >= max_tokens * address_factor THEN
      of_address := true;
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;

  INSERT INTO completion (id, user_id, address, chat_id, messages, lease_owner, lease_until, instance)
  VALUES (new_id, new_user, new_address, new_chat, new_messages, owner, now() + lease, new_instance)
  RETURNING completion.created_at INTO created_at;
  RETURN NEXT;
END
$$;
