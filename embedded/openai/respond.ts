import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Completion } from "./completion.ts";
import { paced } from "./pace.ts";
import { type CompletionRequest, MODEL } from "./request.ts";

export interface Delivery {
  completion: Completion;
  request: CompletionRequest;
  perSecond: number;
  /** Fires when the client has left. */
  signal: AbortSignal;
}

/**
 * Writes the completion as OpenAI does: server-sent events, or one object once the last token is due.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export async function respond(response: ServerResponse, delivery: Delivery): Promise<void> {
  const head = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: MODEL,
    // There is one tier. OpenAI names it where the request does.
    ...(delivery.request.hasServiceTier ? { service_tier: "default" } : {}),
  };
  await (delivery.request.stream ? stream : whole)(response, head, delivery);
}

async function stream(response: ServerResponse, head: object, delivery: Delivery): Promise<void> {
  const { completion, request, perSecond, signal } = delivery;
  const { includeUsage } = request;
  const write = async (choices: object[], usage: object | null = null) => {
    const chunk = {
      ...head,
      object: "chat.completion.chunk",
      choices,
      ...(includeUsage ? { usage } : {}),
    };
    const room = response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    if (!room) await once(response, "drain", { signal });
  };
  const choice = (delta: object, finish_reason: string | null = null) => [
    { index: 0, delta, finish_reason },
  ];
  response.writeHead(200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
  });
  await write(choice({ role: "assistant", content: "" }));
  for await (const content of paced(completion.tokens, perSecond, signal)) {
    await write(choice({ content }));
  }
  await write(choice({}, completion.finishReason));
  if (includeUsage) await write([], completion.usage);
  response.end("data: [DONE]\n\n");
}

async function whole(response: ServerResponse, head: object, delivery: Delivery): Promise<void> {
  const { completion, perSecond, signal } = delivery;
  let content = "";
  for await (const token of paced(completion.tokens, perSecond, signal)) content += token;
  const message = { role: "assistant", content, refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: completion.finishReason }];
  const body = { ...head, object: "chat.completion", choices, usage: completion.usage };
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
