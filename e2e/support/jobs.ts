import {
  type Input,
  type JobState,
  jobState,
  type Kind,
} from "../../app/(background-tasks)/contract";
import { taskState } from "../../app/(background-tasks)/tasks/contract";
import { A, expect } from "../fixtures";
import { call, type Guest } from "./guest";

type Wanted<K extends Kind> = Partial<Omit<Input<K>, "faults">> & { faults?: object };

/** Asks for a job, as a program would. */
export const postJob = (
  guest: Guest | undefined,
  kind: string,
  input: unknown,
  { base = A, headers = {} as Record<string, string> } = {},
) =>
  call(`/api/jobs/${kind}`, { guest, base, method: "POST", body: JSON.stringify(input), headers });

/** Starts a job, and answers its id. */
export async function startJob<K extends Kind>(
  guest: Guest,
  kind: K,
  input: Wanted<K>,
  base = A,
): Promise<string> {
  const response = await postJob(guest, kind, input, { base });
  expect(response.status).toBe(202);
  return (await response.json()).id;
}

export async function stateOf(guest: Guest, id: string, base = A): Promise<JobState> {
  const response = await call(`/api/jobs/${id}`, { guest, base });
  expect(response.status).toBe(200);
  return jobState.parse(await response.json());
}

/** Waits until a job is in one of some states. */
export async function untilStatus(
  guest: Guest,
  id: string,
  status: JobState["status"],
  { base = A, timeout = 40_000 } = {},
): Promise<JobState> {
  const now = async () => {
    const response = await call(`/api/jobs/${id}`, { guest, base }).catch(() => null);
    return response?.ok ? (await response.json()).status : "no answer";
  };
  await expect.poll(now, { timeout, intervals: [100, 250] }).toBe(status);
  return stateOf(guest, id, base);
}

export const order = (guest: Guest, id: string, what: "cancel" | "replay", base = A) =>
  call(`/api/jobs/${id}/${what}`, { guest, base, method: "POST", body: "{}" });

export async function taskOf(guest: Guest, id: string, base = A) {
  const response = await call(`/api/tasks/${id}`, { guest, base });
  expect(response.status).toBe(200);
  return taskState.parse(await response.json());
}
