/** What a caller is told of a database that refuses: the status, and after how many seconds to try again. */
export interface Refusal {
  status: 503 | 507;
  /** Names the kind of problem. */
  slug: "unavailable" | "database-full";
  detail: string;
  retryAfterSeconds: number;
  /** Why the instance is not ready for a while: the next request that stores something would meet the same. */
  unready?: string;
}

const unavailable = (
  detail: string,
  retryAfterSeconds: number,
  unready?: string,
): Readonly<Refusal> => ({ status: 503, slug: "unavailable", detail, retryAfterSeconds, unready });

const away = unavailable("The database does not answer. Try again shortly.", 2);
// Requests go on over the connections that there are: readiness is asked of those.
const noConnection = unavailable("The database has no connection left. Try again shortly.", 2);
const overloaded = unavailable(
  "The database is out of resources. Try again shortly.",
  5,
  "the database is out of resources",
);
const failing = unavailable(
  "The database cannot use its disk. Try again shortly.",
  5,
  "the database cannot use its disk",
);
// Readiness is asked of the database itself, which is writable again the moment that it says so.
const readOnly = unavailable(
  "The database can only be read at the moment: nothing was changed. Try again shortly.",
  5,
);
const cancelled = unavailable("The database gave the query up. Try again shortly.", 2);
const conflict = unavailable(
  "Others changed the same at the same time: nothing was changed. Try again.",
  1,
);
/** RFC 4918, 11.5: temporary, and nothing that another form of the request would change. */
const full: Readonly<Refusal> = {
  status: 507,
  slug: "database-full",
  detail: "The database has no room left. Nothing was stored.",
  retryAfterSeconds: 60,
  unready: "the database has no room left",
};

/**
 * By SQLSTATE, or its class of two characters (PostgreSQL, appendix A), and by the codes of Node and Prisma
 * where no SQLSTATE was sent. Whatever is not here is a fault of ours, a 500: a syntax error, a right that is
 * missing (42501), a limit of a statement (class 54), damaged data (class XX).
 */
const refusals: Readonly<Record<string, Readonly<Refusal>>> = {
  // Class 08, connection exception: the connection was lost, or could not be made.
  "08": away,
  // The credentials, or the database, are not (yet) what the server knows: a rotation, or a restore.
  "28000": away,
  "28P01": away,
  "3D000": away,
  // Read-only transaction: a standby, since the last failover, or an operator's default_transaction_read_only.
  "25006": readOnly,
  // The server ended the session: it idled in a transaction, or the transaction took too long.
  "25P03": cancelled,
  "25P04": cancelled,
  // Serialization failure, deadlock: the transaction was taken back, and may be tried again as it was.
  "40001": conflict,
  "40P01": conflict,
  // Class 53, insufficient resources, 53200 (out of memory) and 53400 (a configured limit) among them.
  "53": overloaded,
  "53100": full,
  "53300": noConnection,
  // A lock was not to be had within lock_timeout.
  "55P03": conflict,
  // Query canceled: by an operator, or by statement_timeout. Where that limit is ours, its own problem says so.
  "57014": cancelled,
  // Class 57, operator intervention: shutdown, crash, starting up, database dropped, idle session ended.
  "57P": away,
  // System error, I/O error: the server's disk fails, or its operating system does.
  "58000": failing,
  "58030": failing,

  // Node: the connection could not be made, or broke.
  ECONNABORTED: away,
  ECONNREFUSED: away,
  ECONNRESET: away,
  EHOSTDOWN: away,
  EHOSTUNREACH: away,
  ENETDOWN: away,
  ENETUNREACH: away,
  EPIPE: away,
  ETIMEDOUT: away,
  ENOTFOUND: away,
  EAI_AGAIN: away,

  // Prisma, where it names no SQLSTATE: unreachable, timed out, closed; no connection, no transaction in time.
  P1001: away,
  P1002: away,
  P1008: away,
  P1017: away,
  P2024: noConnection,
  P2028: noConnection,
};

/** What pg and its pool say without a code. */
const LOST = /timeout exceeded when trying to connect|Connection terminated|not queryable/;

/** What a failure of the database means to a caller; undefined where it is none that passes by itself. */
export function refusalOf(error: unknown): Readonly<Refusal> | undefined {
  const { message } = Object(error) as { message?: unknown };
  const code = codeOf(error);
  const byCode =
    refusals[code] ??
    refusals[code.slice(0, 3)] ??
    (isSqlState(code) && refusals[code.slice(0, 2)]);
  return byCode || (LOST.test(String(message)) ? away : undefined);
}

/** The code of the server, wherever the driver has put it: pg in `code`, Prisma in the cause of its own error. */
function codeOf(error: unknown): string {
  const { code, cause, meta } = Object(error) as {
    code?: unknown;
    cause?: { originalCode?: unknown };
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  return String(meta?.driverAdapterError?.cause?.originalCode ?? cause?.originalCode ?? code ?? "");
}

const isSqlState = (code: string) => /^[0-9A-Z]{5}$/.test(code);
