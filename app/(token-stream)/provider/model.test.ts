import { streamText } from "ai";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { chunk, stream, text } from "./habits.fixture";
import { model } from "./model";

beforeAll(() => {
  // As in an .env file that was copied from the example, with a key alone.
  process.env.OPENAI_API_KEY = "sk-test";
  process.env.OPENAI_BASE_URL = "";
  process.env.OPENAI_MODEL = "gpt-5-mini";
});
afterEach(() => vi.unstubAllGlobals());

it("is OpenAI itself where an address is empty, through the SDK's own package for it", async () => {
  const requests: [string, RequestInit][] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests.push([url, init]);
    const headers = { "content-type": "text/event-stream" };
    return new Response(stream(text("Hello"), chunk({}, "stop")), { headers });
  });
  const answer = streamText({ model: await model(), prompt: "Hello?", maxOutputTokens: 50 });
  expect(await answer.text).toBe("Hello");
  const [[url, { headers, body }]] = requests as [[string, RequestInit]];
  expect(url).toBe("https://api.openai.com/v1/chat/completions");
  expect(new Headers(headers).get("authorization")).toBe("Bearer sk-test");
  // A model that reasons takes no max_tokens: the package knows.
  expect(JSON.parse(String(body))).toMatchObject({
    ...{ model: "gpt-5-mini", max_completion_tokens: 50, stream: true },
    stream_options: { include_usage: true },
  });
});
