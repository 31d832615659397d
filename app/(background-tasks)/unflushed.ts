/**
 * A common table expression that a statement must name in its FROM: the commit of this statement does not wait for
 * the disk. For marks that may be lost with Postgres, and are never outlived by what was committed after them.
 */
export const UNFLUSHED = "unflushed AS (SELECT set_config('synchronous_commit', 'off', true))";
