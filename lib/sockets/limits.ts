/** Limits of every connection, whatever its namespace. */
export const socketLimits = {
  /** A larger frame closes the connection (WebSocket code 1009). */
  frameBytes: 64 * 1024,
  /** A dead peer is noticed after both. */
  pingIntervalMs: 10_000,
  pingTimeoutMs: 10_000,
  /** A connection that has joined no namespace by then, or has left all of them for so long, is closed. */
  connectTimeoutMs: 10_000,
  /** Attempts of one connection to join a namespace: this many at once. One more closes it. */
  namespaceAttempts: 20,
  /** Attempts that become possible again each second. */
  namespaceAttemptsPerSecond: 1,
  /** Refused events of one socket within a minute; with the last of them it is disconnected. */
  refusalsPerMinute: 100,
} as const;
