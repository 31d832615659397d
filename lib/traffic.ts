import type { Socket } from "node:net";
import { remember } from "./remember";

/** Bytes that crossed TCP connections, as the server's sockets count them: headers and framing
 * included; TLS, TCP and IP left out. */
export interface Traffic {
  in: number;
  out: number;
  requests: number;
}

interface Meter {
  socket: Socket;
  /** What the connection had carried before. */
  from: { in: number; out: number };
  label?: string;
}

/** Labels kept; beyond it the oldest is forgotten. */
const MAX_LABELS = 4_000;

/**
 * Attributes the bytes of connections to what they were for. Requests on a kept-alive connection
 * come one after the other (no browser pipelines), so whatever the socket has carried since the
 * last answer ended belongs to the present request: every byte is counted once, and exactly.
 * Only what somebody has labelled is kept.
 */
export function createTraffic() {
  const ends = new WeakMap<Socket, { in: number; out: number }>();
  const open = new Map<string, Meter>();
  const labelled = new Map<string, { done: Traffic; meters: Set<Meter> }>();

  function countersOf(label: string) {
    const known = labelled.get(label);
    if (known) return known;
    const [oldest] = labelled.keys();
    if (labelled.size >= MAX_LABELS && oldest !== undefined) labelled.delete(oldest);
    const fresh = { done: { in: 0, out: 0, requests: 0 }, meters: new Set<Meter>() };
    labelled.set(label, fresh);
    return fresh;
  }

  function attach(meter: Meter, label: string): void {
    const counters = countersOf(label);
    meter.label = label;
    counters.meters.add(meter);
    counters.done.requests++;
  }

  function finish(meter: Meter): void {
    const { socket, label } = meter;
    ends.set(socket, { in: socket.bytesRead, out: socket.bytesWritten });
    const counters = label === undefined ? undefined : labelled.get(label);
    if (!counters?.meters.delete(meter)) return;
    counters.done.in += socket.bytesRead - meter.from.in;
    counters.done.out += socket.bytesWritten - meter.from.out;
  }

  const meterOf = (socket: Socket): Meter => ({
    socket,
    from: ends.get(socket) ?? { in: 0, out: 0 },
  });

  return {
    /** A request has begun on a connection. @returns its answer has ended */
    begin(requestId: string, socket: Socket): () => void {
      const meter = meterOf(socket);
      open.set(requestId, meter);
      return () => {
        if (open.get(requestId) === meter) open.delete(requestId);
        finish(meter);
      };
    },

    /** Says what a request is for, while it is under way. */
    label(request: Request, label: string): void {
      const meter = open.get(request.headers.get("x-request-id") ?? "");
      if (meter && meter.label === undefined) attach(meter, label);
    },

    /** A connection that is for one thing until it ends: a WebSocket. @returns it has ended */
    follow(socket: Socket, label: string): () => void {
      const meter = meterOf(socket);
      attach(meter, label);
      return () => finish(meter);
    },

    /** What a label has come to, what is still open included. */
    of(label: string): Traffic {
      const counters = labelled.get(label);
      if (!counters) return { in: 0, out: 0, requests: 0 };
      const sum = { ...counters.done };
      for (const { socket, from } of counters.meters) {
        sum.in += socket.bytesRead - from.in;
        sum.out += socket.bytesWritten - from.out;
      }
      return sum;
    },
  };
}

/** The process's byte counters. */
export const traffic = () => remember("traffic", createTraffic);
