import { openAll } from "./raw-socket.ts";

/** Tokens of so many new guests of the application. */
export const newGuests = (base: string, count: number): Promise<string[]> =>
  openAll(count, async () => {
    const response = await fetch(`${base}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ bearer: true }),
    });
    if (response.status !== 201) throw new Error(await response.text());
    return ((await response.json()) as { token: string }).token;
  });

/** Posts JSON. @throws where the answer is no success */
export async function post(url: string, body: object, token?: string): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
}
