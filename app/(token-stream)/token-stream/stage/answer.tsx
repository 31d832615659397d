"use client";

import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { useView } from "../run-provider";

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

/** The answer as far as it has come. */
export function Answer() {
  const { text, prompt, status } = useView();
  return (
    <section
      aria-label="Answer"
      aria-busy={status === "running"}
      className="min-h-[18rem] px-4 py-4 text-[0.875rem] leading-relaxed"
    >
      {prompt && <p className="mb-3 font-display text-lg italic">{prompt}</p>}
      {text === "" && (
        <p className="text-muted">
          {status === "idle" ? "Nothing asked yet." : "Waiting for the first token."}
        </p>
      )}
      <div
        data-testid="answer"
        className="space-y-3 [overflow-wrap:anywhere] [&_blockquote]:border-edge [&_blockquote]:border-l-2 [&_blockquote]:pl-3 [&_code]:font-mono [&_code]:text-xs [&_li]:mt-1 [&_ol]:list-decimal [&_ol]:pl-5 [&_td]:pr-4 [&_th]:pr-4 [&_ul]:list-disc [&_ul]:pl-5"
      >
        <Markdown remarkPlugins={[remarkGfm]} components={components}>
          {text}
        </Markdown>
      </div>
    </section>
  );
}
