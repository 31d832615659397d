"use client";

import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Boundary } from "@/components/boundary";
import type { View } from "../client/view";
import { useView } from "../run-provider";
import { AnswerEnd, Reasoning, Tools } from "./beside-answer";
import { isTooCostly } from "./markup-cost";

const Heading = ({ children }: { children?: React.ReactNode }) => (
  <p className="font-medium">{children}</p>
);

/**
 * A model's text is a stranger's text: no HTML (react-markdown makes none), no images, which would
 * tell their server who reads, no headings among the page's own, and links only to the web.
 */
const components: Components = {
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  img: ({ alt }) => <span>[image: {alt}]</span>,
  a: ({ href, children }) =>
    href && /^https?:\/\//.test(href) ? (
      <a className="link" href={href} target="_blank" rel="noreferrer nofollow ugc">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre tabIndex={0} className="overflow-x-auto rounded-md bg-code-bg p-3">
      {children}
    </pre>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div tabIndex={0} className="overflow-x-auto">
      <table className="text-left">{children}</table>
    </div>
  ),
  input: ({ checked }) => <span>{checked ? "☑" : "☐"}</span>,
};

const MarkdownText = ({ text }: { text: string }) => (
  <Markdown remarkPlugins={[remarkGfm]} components={components}>
    {text}
  </Markdown>
);

/** Where it cannot be shown as Markdown. */
const PlainText = ({ text }: { text: string }) => (
  <>
    <p className="text-muted">
      Shown as plain text: its markup is nested too deep, or there is too much of it.
    </p>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
    <p tabIndex={0} className="max-h-[60vh] overflow-y-auto whitespace-pre-wrap">
      {text}
    </p>
  </>
);

/** The answer as far as it has come. */
export function Answer() {
  const { id, text, prompt, status, reasoning, tools } = useView();
  return (
    <section
      aria-label="Answer"
      aria-busy={status === "running"}
      className="min-h-[18rem] px-4 py-4 text-[0.875rem] leading-relaxed"
    >
      {prompt && <p className="mb-3 font-display text-lg italic">{prompt}</p>}
      <Reasoning />
      <Tools />
      {text === "" && <p className="text-muted">{emptyText(status, reasoning !== "", tools)}</p>}
      <div
        data-testid="answer"
        className="space-y-3 [overflow-wrap:anywhere] [&_blockquote]:border-edge [&_blockquote]:border-l-2 [&_blockquote]:pl-3 [&_code]:font-mono [&_code]:text-xs [&_li]:mt-1 [&_ol]:list-decimal [&_ol]:pl-5 [&_td]:pr-4 [&_th]:pr-4 [&_ul]:list-disc [&_ul]:pl-5"
      >
        <Boundary key={id} fallback={<PlainText text={text} />}>
          {isTooCostly(text) ? <PlainText text={text} /> : <MarkdownText text={text} />}
        </Boundary>
      </div>
      <AnswerEnd />
    </section>
  );
}

/** What is said where there is no text of the answer yet, or at all. */
function emptyText(status: View["status"], isReasoning: boolean, tools: View["tools"]): string {
  if (status === "idle") return "Nothing asked yet.";
  if (status !== "running" && status !== "asking") return "There is no text of an answer.";
  const isSearching = tools.some(
    ({ output, error }) => output === undefined && error === undefined,
  );
  if (isSearching) return "A tool is running on the server.";
  return isReasoning ? "The model is reasoning." : "Waiting for the first token.";
}
