"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { useBoard } from "../board-provider";
import { type Tampering, tamper, tamperings, type Verdict } from "../client/tamper";

const options = (Object.keys(tamperings) as Tampering[]).map((value) => ({
  value,
  label: tamperings[value],
}));

/** Changes one thing of a signed form, sends it, and shows what the store says. */
export function TamperBench() {
  const board = useBoard();
  const [tampering, setTampering] = useState<Tampering>("key");
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [said, setSaid] = useState("");

  async function attempt(): Promise<void> {
    if (!board) return;
    setVerdict(null);
    setSaid(
      tampering === "expiry" ? "Waiting until a form of one second has expired …" : "Sending …",
    );
    try {
      const found = await tamper(board.api, tampering);
      setVerdict(found);
      setSaid(
        found.code
          ? `The store answered ${found.status} ${found.code}: ${found.message}`
          : `The store answered ${found.status}: it took the file.`,
      );
    } catch (error) {
      setSaid((error as Error).message);
    }
  }

  return (
    <section aria-label="Tamper with a form">
      <h3 className="display text-xl">Tamper with a form</h3>
      <p className="mt-1 max-w-prose text-muted">
        The application signs a form for one key, one size, one type and one digest, for a short
        time. Change one of them and send it: the store alone decides.
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Segmented
          legend="What to change"
          options={options}
          value={tampering}
          onChange={setTampering}
        />
        <Button look="solid" disabled={!board} onClick={() => void attempt()}>
          Send the form
        </Button>
      </div>
      <p role="status" className="mt-3 min-h-6 break-words text-[0.8125rem]">
        {said}
      </p>
      {verdict?.xml && (
        <section
          aria-label="The store's answer"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          tabIndex={0}
          className="max-h-48 overflow-auto rounded-md border border-rule bg-code-bg px-3 py-2"
        >
          <pre className="whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]">
            {verdict.xml}
          </pre>
        </section>
      )}
    </section>
  );
}
