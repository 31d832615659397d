import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { ensureBrowser } from "../e2e/browser.ts";

// npm run visit [-- http://localhost:3000 http://localhost:3001]: what somebody does in the first minute with a demo
// that runs. One call of each pattern's API on each instance, then one page in a browser. Ends with 1 where anything
// is not as it should be.

const { positionals } = parseArgs({ allowPositionals: true });
const [a = "http://localhost:3000", ...others] = positionals;

interface Call {
  pattern: string;
  method: string;
  path: string;
  body?: string;
  headers?: Record<string, string>;
  status: number;
  /** Must be among the first bytes of the answer. */
  begins?: RegExp;
}

const json = { "content-type": "application/json" };
const calls = (userId: string): Call[] => [
  {
    pattern: "background tasks",
    method: "POST",
    path: "/api/jobs/deliver",
    body: '{"message":"hello"}',
    headers: json,
    status: 202,
  },
  { pattern: "chat", method: "GET", path: "/api/chat/rooms", status: 200, begins: /"lobby"/ },
  {
    pattern: "event stream",
    method: "GET",
    path: `/api/events/${userId}`,
    status: 200,
    begins: /retry: \d+/,
  },
  {
    pattern: "token stream",
    method: "POST",
    path: "/api/completions",
    body: '{"prompt":"What is a cursor?"}',
    headers: json,
    status: 200,
    begins: /data: /,
  },
  {
    pattern: "uploads",
    method: "PUT",
    path: "/api/uploads/streaming",
    body: "a,b\n1,2\n",
    headers: { "content-type": "text/csv", "content-disposition": 'attachment; filename="a.csv"' },
    status: 201,
  },
  {
    pattern: "pagination",
    method: "GET",
    path: "/api/items/cursor?limit=2",
    status: 200,
    begins: /"items"/,
  },
  { pattern: "rate limits", method: "GET", path: "/api/search?q=cursor", status: 200 },
  { pattern: "realtime", method: "GET", path: "/api/realtime/poll", status: 200 },
  { pattern: "versioning", method: "GET", path: "/api/v2/articles", status: 200 },
  {
    pattern: "the document",
    method: "GET",
    path: "/api/openapi.json",
    status: 200,
    begins: /"openapi":\s*"3\.1/,
  },
];

/** The status, and what comes of the body until `begins` is found, the body ends, or five seconds have passed. */
async function ask(base: string, token: string, call: Call): Promise<string | undefined> {
  const { method, path, body, status, begins } = call;
  const headers = { authorization: `Bearer ${token}`, ...call.headers };
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), 5_000);
  let text = "";
  try {
    const response = await fetch(`${base}${path}`, { method, body, headers, signal: cut.signal });
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (response.status === status && (!begins || begins.test(text))) return undefined;
    }
    return `status ${response.status} instead of ${status}: ${text.slice(0, 300)}`;
  } catch (error) {
    return `${error instanceof Error ? error.message : error}: ${text.slice(0, 300)}`;
  } finally {
    clearTimeout(timer);
    cut.abort();
  }
}

async function callAll(base: string): Promise<string[]> {
  const begun = await fetch(`${base}/api/session`, {
    method: "POST",
    headers: json,
    body: '{"name":"Visitor","bearer":true}',
  });
  if (begun.status !== 201) return [`${base}/api/session: status ${begun.status}`];
  const { token, userId } = (await begun.json()) as { token: string; userId: string };
  const wrong: string[] = [];
  for (const call of calls(userId)) {
    const complaint = await ask(base, token, call);
    console.log(`  ${complaint ? "✗" : "✓"} ${call.pattern}: ${call.method} ${base}${call.path}`);
    if (complaint) wrong.push(`${call.method} ${base}${call.path}: ${complaint}`);
  }
  return wrong;
}

/** Opens the chat as a browser does; it is well once the page has joined its room, without an error on the way. */
async function openPage(base: string): Promise<string[]> {
  const browser = await chromium.launch({
    ...ensureBrowser(console.log),
    args: [
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ...[
        "--no-first-run",
        "--disable-quic",
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    ],
  });
  const wrong: string[] = [];
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => wrong.push(`${base}/chat: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(`${base}/chat: ${message.text()}`);
    });
    await page.goto(`${base}/chat`);
    await page.getByText("joined", { exact: true }).waitFor({ timeout: 30_000 });
    console.log(`  ✓ page: ${base}/chat has joined its room`);
  } catch (error) {
    wrong.push(`${base}/chat: ${(error as Error).message}`);
  } finally {
    await browser.close();
  }
  return wrong;
}

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
console.log(`Visiting Patternbook ${version} with Node ${process.version}`);
const wrong = [];
for (const base of [a, ...others]) wrong.push(...(await callAll(base)));
wrong.push(...(await openPage(a)));
for (const line of wrong) console.error(`  ✗ ${line}`);
process.exit(wrong.length > 0 ? 1 : 0);
