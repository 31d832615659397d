import type { Namespace, Socket } from "socket.io";
import { HttpError } from "../http";
import { revocations } from "../session/revocations";
import { identify, tokensOf } from "../session/session";
import type { Identity } from "../session/token";
import { endUnused } from "./connects";
import { type Farewell, sayGoodbye } from "./farewell";
import { socketLimits } from "./limits";

/** setTimeout's largest delay. Longer sessions look again when it has passed. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Guards a namespace: who has no valid session is refused before the connection stands, always with
 * the same words; a connection ends with its token, or when its session is logged out anywhere.
 */
export function requireIdentity(namespace: Namespace): void {
  namespace.use(async (socket, next) => {
    const identity = await identify(handshakeTokens(socket));
    if (!identity) return next(refusal());
    socket.data.identity = identity;
    next();
  });
  namespace.on("connection", (socket) => {
    endWithToken(socket);
    endUnused(socket, socketLimits.connectTimeoutMs);
  });
  revocations().onRevoked((sessionId) => endSockets(namespace, sessionId, "logged out"));
}

/** Who this socket speaks for. Set before `connection` fires. */
export const identityOf = (socket: Socket): Identity => socket.data.identity;

/** Programs put the token in the handshake's `auth`; browsers send the cookie. Never the query. */
function handshakeTokens(socket: Socket): string[] {
  const { token } = socket.handshake.auth as { token?: unknown };
  if (token !== undefined) return typeof token === "string" ? [token] : [];
  const { cookie } = socket.handshake.headers;
  return tokensOf(new Headers(cookie ? { cookie } : {}));
}

function refusal(): Error {
  const error = new HttpError(401, "unauthorized", "Begin a session first: POST /api/session.");
  return Object.assign(new Error("unauthorized"), { data: error.problem() });
}

function endWithToken(socket: Socket): void {
  const expiresAt = identityOf(socket).expiresAt * 1000;
  let timer: NodeJS.Timeout;
  const look = () => {
    const left = expiresAt - Date.now();
    if (left <= 0) sayGoodbye(socket, "session expired");
    else timer = setTimeout(look, Math.min(left, MAX_DELAY_MS));
  };
  look();
  socket.once("disconnect", () => clearTimeout(timer));
}

function endSockets(namespace: Namespace, sessionId: string, reason: Farewell): void {
  for (const socket of namespace.sockets.values())
    if (identityOf(socket).sessionId === sessionId) sayGoodbye(socket, reason);
}
