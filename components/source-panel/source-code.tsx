"use client";

import { useRef } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import type { SourceFile } from "./read-source";

/** One file: where it is, how long, its text, and a button that copies exactly that text. */
export function SourceCode({ file }: { file: SourceFile }) {
  const code = useRef<HTMLElement>(null);
  if (file.runs === null) {
    return <p className="px-4 py-6 text-muted">{file.path} is not on the disk of this machine.</p>;
  }
  const numbers = Array.from({ length: file.lines }, (_, index) => index + 1).join("\n");
  return (
    <>
      <div className="flex min-h-10 items-center gap-3 border-rule border-b pl-4">
        <p className="min-w-0 py-2 font-mono text-muted text-xs [overflow-wrap:anywhere]">
          <span className="text-ink">{file.path}</span>
          <span className="whitespace-nowrap tabular-nums">, {file.lines} lines</span>
        </p>
        <span className="ml-auto shrink-0 pr-1">
          <CopyButton label={`Copy ${file.path}`} text={() => code.current?.textContent ?? ""} />
        </span>
      </div>
      <section
        aria-label={`Text of ${file.path}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="code flex max-h-[34rem] overflow-auto py-3 font-mono text-xs leading-5 -outline-offset-2"
      >
        <pre
          aria-hidden
          className="sticky left-0 select-none self-start bg-code-bg pr-4 pl-4 text-right text-muted tabular-nums"
        >
          {numbers}
        </pre>
        <pre className="grow pr-6">
          <code ref={code}>
            {file.runs.map(([text, kind], index) =>
              kind ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: the runs of a file never change places.
                <span key={index} className={kind}>
                  {text}
                </span>
              ) : (
                text
              ),
            )}
          </code>
        </pre>
      </section>
    </>
  );
}
