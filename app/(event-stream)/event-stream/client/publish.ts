import { problemSchema } from "@/lib/problem";
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
  for (let tries = 1; ; tries++) {
    const response = await fetch("/api/events", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `"${key}"` },
      body: JSON.stringify({ type, payload }),
    }).catch(() => null);
    if (response?.ok) return published.parse(await response.json());
    const again = !response || response.status >= 500;
    if (again && tries < TRIES)
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** tries));
    else throw new Error(response ? await reasonOf(response) : "The server does not answer.");
  }
}

async function reasonOf(response: Response): Promise<string> {
  const problem = problemSchema.safeParse(await response.json().catch(() => null)).data;
  return problem?.detail ?? `The server answered ${response.status}.`;
}
