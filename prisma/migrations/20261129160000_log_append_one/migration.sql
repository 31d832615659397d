-- log_append for one entry: what most appends are. In single steps, over single rows, it takes a tenth of
-- the time of the statement that numbers many.
CREATE FUNCTION log_append_one(stream_name text, entry_type text, entry_data json, entry_key text)
RETURNS TABLE (seq bigint, at timestamptz, fresh boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  number bigint;
  stored record;
BEGIN
  -- Locks the head: whoever comes next waits for the commit, and sees it.
  UPDATE log_stream SET head = head + 1 WHERE name = stream_name RETURNING head INTO number;
  IF NOT FOUND THEN
    INSERT INTO log_stream (name) VALUES (stream_name) ON CONFLICT (name) DO NOTHING;
    UPDATE log_stream SET head = head + 1 WHERE name = stream_name RETURNING head INTO number;
  END IF;

  IF entry_key IS NOT NULL THEN
    SELECT e.seq, e.at INTO stored FROM log_entry e
     WHERE e.stream = stream_name AND e.key = entry_key;
    IF FOUND THEN
      -- A repetition takes no number.
      UPDATE log_stream SET head = head - 1 WHERE name = stream_name;
      RETURN QUERY SELECT stored.seq, stored.at, false;
      RETURN;
    END IF;
  END IF;

  RETURN QUERY
    INSERT INTO log_entry (stream, seq, type, data, key, at)
    VALUES (stream_name, number, entry_type, entry_data, entry_key, clock_timestamp())
    RETURNING seq, at, true;
END
$$;
