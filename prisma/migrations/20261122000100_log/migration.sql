-- The append of the log, as one statement for any number of entries in any number of streams.
--
-- A function, because each statement inside a VOLATILE function sees a fresh snapshot: the search
-- for keys that are there already runs after the heads are locked, so it sees what the writers
-- before us committed. The lock on the head lasts until commit, which makes sequence numbers
-- gapless and their order the order of commits. Heads are locked in the order of their names:
-- two appends over the same streams cannot deadlock.
--
-- Answers one row per input, in the input's order. `fresh` is false where the key was there
-- already: then seq and at are those of the entry that is stored.

-- Heads change with every append: room on the page keeps those updates off the index (HOT).
ALTER TABLE "log_stream" SET (fillfactor = 50);

CREATE FUNCTION log_append(streams text[], types text[], datas json[], keys text[])
RETURNS TABLE (ord bigint, seq bigint, at timestamptz, fresh boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO log_stream (name)
    SELECT DISTINCT s FROM unnest(streams) AS s
     WHERE NOT EXISTS (SELECT 1 FROM log_stream WHERE name = s)
     ORDER BY s
    ON CONFLICT (name) DO NOTHING;

  PERFORM 1 FROM log_stream WHERE name = ANY (streams) ORDER BY name FOR UPDATE;

  RETURN QUERY
  WITH input AS (
    SELECT * FROM unnest(streams, types, datas, keys)
      WITH ORDINALITY AS i (stream, type, data, key, ord)
  ), stored AS (
    SELECT DISTINCT e.stream, e.key, e.seq, e.at
      FROM log_entry e JOIN input i ON e.stream = i.stream AND e.key = i.key
  ), first AS (
    SELECT i.*, i.ord = min(i.ord) OVER (PARTITION BY i.stream, coalesce('k' || i.key, 'o' || i.ord)) AS is_first
      FROM input i
  ), numbered AS (
    SELECT f.*, s.head + row_number() OVER (PARTITION BY f.stream ORDER BY f.ord) AS seq
      FROM first f JOIN log_stream s ON s.name = f.stream
     WHERE f.is_first
       AND NOT EXISTS (SELECT 1 FROM stored d WHERE d.stream = f.stream AND d.key = f.key)
  ), inserted AS (
    INSERT INTO log_entry (stream, seq, type, data, key, at)
    SELECT n.stream, n.seq, n.type, n.data, n.key, clock_timestamp() FROM numbered n
    RETURNING stream, seq, key, at
  ), moved AS (
    UPDATE log_stream s SET head = s.head + c.n
      FROM (SELECT stream, count(*) AS n FROM numbered GROUP BY stream) c
     WHERE s.name = c.stream
  )
  SELECT i.ord,
         coalesce(d.seq, n.seq, k.seq),
         coalesce(d.at, w.at, kw.at),
         n.seq IS NOT NULL
    FROM input i
    LEFT JOIN stored d ON d.stream = i.stream AND d.key = i.key
    LEFT JOIN numbered n ON n.ord = i.ord
    LEFT JOIN inserted w ON w.stream = n.stream AND w.seq = n.seq
    -- A key given twice in this very append: the second is the first.
    LEFT JOIN numbered k ON n.ord IS NULL AND k.stream = i.stream AND k.key = i.key
    LEFT JOIN inserted kw ON kw.stream = k.stream AND kw.seq = k.seq
   ORDER BY i.ord;
END
$$;

-- Retention: takes away the entries of a stream up to and including `upto`, never past its head,
-- and moves the floor, so that a reader who asks for less learns of it. Answers the new floor.
CREATE FUNCTION log_prune(stream_name text, upto bigint)
RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  new_floor bigint;
BEGIN
  UPDATE log_stream s SET floor = least(greatest(s.floor, upto), s.head)
   WHERE s.name = stream_name
  RETURNING s.floor INTO new_floor;
  DELETE FROM log_entry e WHERE e.stream = stream_name AND e.seq <= new_floor;
  RETURN coalesce(new_floor, 0);
END
$$;
