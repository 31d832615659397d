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
  await write(choice({ role: "assistant", content: completion.tool ? null : "" }));
  const id = `call_${randomUUID().replaceAll("-", "")}`;
  let isCalled = false;
  for await (const { kind, text } of paced(completion.tokens, perSecond, signal)) {
    if (kind === "content") await write(choice({ content: text }));
    else if (kind === "reasoning") await write(choice({ reasoning_content: text }));
    else {
      if (!isCalled) await write(choice({ tool_calls: [callHead(id, completion.tool, "")] }));
      isCalled = true;
      await write(choice({ tool_calls: [{ index: 0, function: { arguments: text } }] }));
    }
  }
  await write(choice({}, completion.finishReason));
  if (includeUsage) await write([], completion.usage);
  response.end("data: [DONE]\n\n");
}

/** A call as the first of its pieces has it. */
const callHead = (id: string, name: string | undefined, args: string) => ({
  index: 0,
  id,
  type: "function",
  function: { name, arguments: args },
});

async function whole(response: ServerResponse, head: object, delivery: Delivery): Promise<void> {
  const { completion, perSecond, signal } = delivery;
  const texts = { reasoning: "", content: "", arguments: "" };
  for await (const { kind, text } of paced(completion.tokens, perSecond, signal))
    texts[kind] += text;
  const { index: _, ...call } = callHead(
    `call_${randomUUID().replaceAll("-", "")}`,
    completion.tool,
    texts.arguments,
  );
  const message = {
    role: "assistant",
    content: completion.tool ? null : texts.content,
    refusal: null,
    ...(texts.reasoning && { reasoning_content: texts.reasoning }),
    ...(completion.tool && { tool_calls: [call] }),
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: completion.finishReason }];
  const body = { ...head, object: "chat.completion", choices, usage: completion.usage };
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
