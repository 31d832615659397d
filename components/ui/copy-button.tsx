"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";

const said = { idle: "", copied: "Copied", failed: "Copying was refused: select the text instead" };

/** Copies what `text` returns when clicked, and says aloud how that went. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [result, setResult] = useState<keyof typeof said>("idle");

  useEffect(() => {
    if (result === "idle") return;
    const timer = setTimeout(() => setResult("idle"), 2500);
    return () => clearTimeout(timer);
  }, [result]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      setResult("copied");
    } catch {
      setResult("failed");
    }
  }

  return (
    <span className="inline-flex items-center gap-2">
      <span role="status" className={result === "failed" ? "text-bad text-xs" : "sr-only"}>
        {said[result]}
      </span>
      <Button look="bare" onClick={copy} aria-label={label}>
        {result === "copied" ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
        {result === "copied" ? "Copied" : "Copy"}
      </Button>
    </span>
  );
}
