import type { z } from "zod";
import { createWireClient, type OnFrame, parsed, Refusal } from "@/components/wire-client";
import { api } from "@/lib/api";
import {
  cronRuns,
  type inputs,
  jobAccepted,
  jobCancelled,
  jobPage,
  jobReplayed,
  jobState,
  type Kind,
} from "../../contract";
import { taskPage, taskState } from "../../tasks/contract";

const RETRIES = 4;
const RETRY_MS = 700;

/** The calls of this page, each answered as the contract says, or thrown as a sentence. */
export function createApi(onFrame: OnFrame) {
  const wire = createWireClient(onFrame, ["location"]);
  const one = (job: string) => ({ params: { path: { job } } });

  return {
    /** With a key, so that a request whose answer was lost is repeated and makes no second job. */
    async startJob<K extends Kind>(kind: K, body: z.input<(typeof inputs)[K]>) {
      const header = { "Idempotency-Key": crypto.randomUUID() };
      const init = { params: { path: { job: kind }, header }, body };
      for (let attempt = 0; ; attempt++) {
        try {
          return await parsed(jobAccepted, wire.POST("/api/jobs/{job}", init));
        } catch (error) {
          if (error instanceof Refusal || attempt === RETRIES) throw error;
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (attempt + 1)));
        }
      }
    },
    startTask: (note: string, seconds: number) =>
      parsed(taskState, wire.POST("/api/tasks", { body: { note, seconds } })),
    cancel: (id: string) => parsed(jobCancelled, wire.POST("/api/jobs/{job}/cancel", one(id))),
    replay: (id: string) =>
      parsed(jobReplayed, wire.POST("/api/jobs/{job}/replay", { ...one(id), body: {} })),
    job: (id: string) => parsed(jobState, api.GET("/api/jobs/{job}", one(id))),
    jobs: () => parsed(jobPage, wire.GET("/api/jobs", { params: { query: { limit: 24 } } })),
    tasks: () => parsed(taskPage, api.GET("/api/tasks")),
    cronRuns: () => parsed(cronRuns, api.GET("/api/cron-runs")),
  };
}
