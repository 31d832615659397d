"use client";

import Link from "next/link";
import { Notice } from "@/components/shell/notice";
import { Button } from "@/components/ui/button";

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : undefined;
  return (
    <Notice title="This page failed">
      <p>
        The server could not make it. Trying again often helps; the rest of the book still works.
      </p>
      {digest && (
        <p className="font-sans text-muted text-sm">
          In the server’s log this failure is called{" "}
          <code className="font-mono text-ink">{digest}</code>.
        </p>
      )}
      <p className="flex items-center gap-5 font-sans text-[0.9375rem]">
        <Button look="solid" onClick={retry}>
          Try again
        </Button>
        <Link href="/" className="link">
          Back to the nine patterns
        </Link>
      </p>
    </Notice>
  );
}
