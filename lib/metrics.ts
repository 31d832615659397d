import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { remember } from "./remember";

type Labels = "method" | "area" | "status";

/** The histogram's series for these labels. Each is looked up once: there are few, and it costs. */
function byLabels(histogram: Histogram<Labels>) {
  const series = new Map<string, Histogram.Internal<Labels>>();
  return (method: string, area: string, status: number) => {
    const key = `${method} ${area} ${status}`;
    const known = series.get(key) ?? histogram.labels({ method, area, status });
    series.set(key, known);
    return known;
  };
}

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: byLabels(
      new Histogram({
        name: "http_request_duration_seconds",
        help: "Time from the request's first byte to the end of its answer; streams are left out",
        labelNames: ["method", "area", "status"] as const,
        buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
        registers,
      }),
    ),
    openSockets: new Gauge({ name: "open_sockets", help: "Socket.IO connections", registers }),
    openStreams: new Gauge({ name: "open_streams", help: "Streaming responses", registers }),
    slowConsumers: new Counter({
      name: "socket_slow_consumers_total",
      help: "Sockets closed because their outgoing bytes passed the bound",
      registers,
    }),
    slowReaders: new Counter({
      name: "stream_slow_readers_total",
      help: "Event streams cut because more than their bound was left unread",
      registers,
    }),
    appendSeconds: new Histogram({
      name: "log_append_duration_seconds",
      help: "Time from append() to its commit, waiting for the batch included",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
      registers,
    }),
    rateLimitDecisions: new Counter({
      name: "rate_limit_decisions_total",
      help: "Requests counted by a rate limit, and who decided",
      labelNames: ["policy", "outcome", "by"] as const,
      registers,
    }),
    rateLimitFallbacks: new Counter({
      name: "rate_limit_fallbacks_total",
      help: "Decisions made without the shared counters, and what the route does then",
      labelNames: ["policy", "what"] as const,
      registers,
    }),
    apiVersionRequests: new Counter({
      name: "api_version_requests_total",
      help: "Requests by API version, by the way it was chosen, and where the version is in its life",
      labelNames: ["version", "way", "phase"] as const,
      registers,
    }),
    queueOverflows: new Counter({
      name: "log_queue_overflows_total",
      help: "Live queues dropped because their reader fell behind; it reads on from the table",
      registers,
    }),
  };
}

/** The process's Prometheus metrics, served at /metrics. */
export const metrics = () => remember("metrics", createMetrics);
