"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { completionLimits } from "../../contract";
import { useLive, useView } from "../run-provider";

const examples = [
  "How does the event stream resume after a cut?",
  "What keeps the log free of gaps?",
  "When is a WebSocket the wrong choice?",
];

/** Asks; the address then names the completion, so that a reload or another tab finds it. */
export function AskBox() {
  const { run, problem: failure } = useLive();
  const { status, problem } = useView();
  const [prompt, setPrompt] = useState(examples[0] ?? "");
  const busy = status === "asking" || status === "running";

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    run?.ask(prompt, (id) => history.replaceState(null, "", `?completion=${id}`));
  }

  return (
    <form onSubmit={submit} className="border-rule border-b px-4 py-4">
      <div className="grid gap-2 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-start">
        <textarea
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
          rows={2}
          maxLength={completionLimits.promptCharacters}
          aria-label="Your question"
          className="min-w-0 resize-y rounded-md border border-edge bg-paper px-3 py-2 text-[0.8125rem] leading-5"
        />
        <Button
          look="solid"
          type="submit"
          className="h-9"
          disabled={!run || busy || prompt.trim() === ""}
        >
          Ask
        </Button>
      </div>
      <div className="mt-2 flex flex-wrap gap-x-3">
        {examples.map((example) => (
          <Button
            key={example}
            look="bare"
            className="h-auto min-h-8 whitespace-normal px-0 text-left"
            onClick={() => setPrompt(example)}
          >
            {example}
          </Button>
        ))}
      </div>
      <p role="status" className="text-[0.8125rem] text-bad empty:hidden">
        {problem ?? failure}
      </p>
    </form>
  );
}
