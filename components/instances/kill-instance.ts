import { api } from "@/lib/api";
import { detailOf } from "../wire-client";

/** Has an instance killed (SIGKILL), where the deployment allows it. @returns what became of it, in words */
export async function killInstance(name: string): Promise<string> {
  const params = { path: { name } };
  // The killed one may be the one that was asked: then there is no answer.
  const answer = await api.POST("/api/instances/{name}/kill", { params }).catch(() => null);
  if (!answer?.error) return `SIGKILL was sent to ${name}.`;
  return detailOf(answer.error, answer.response.status);
}
