import { detailOf, Refusal } from "@/components/wire-client";
import { api } from "@/lib/api";
import { type EventType, type Published, published } from "../../contract";

const TRIES = 4;

/**
 * Publishes an event once, however often it must be sent: each try has the same Idempotency-Key.
 * @throws Error that says why it was refused
 */
export async function publish(type: EventType, payload: unknown): Promise<Published> {
  const key = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  const request = {
    params: { header: { "Idempotency-Key": `"${key}"` } },
    body: { type, payload },
  };
  for (let tries = 1; ; tries++) {
    const answer = await api.POST("/api/events", request).catch(() => null);
    if (answer?.response.ok) return published.parse(answer.data);
    const again = !answer || answer.response.status >= 500;
    if (again && tries < TRIES)
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** tries));
    else if (answer)
      throw new Refusal(answer.response.status, detailOf(answer.error, answer.response.status));
    else throw new Error("The server does not answer.");
  }
}
