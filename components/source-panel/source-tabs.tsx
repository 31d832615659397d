"use client";

import { Tabs } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import type { SourceFile } from "./read-source";
import { SourceCode } from "./source-code";
import { fileOfHash } from "./source-hash";

/** One tab a file. A link to `#source/<path>` opens that file. */
export function SourceTabs({ files, folder }: { files: SourceFile[]; folder: string }) {
  const [open, setOpen] = useState(files[0]?.path);
  const panel = useRef<HTMLDivElement>(null);

  useEffect(() => {
    function follow() {
      const wanted = fileOfHash(location.hash);
      if (!files.some(({ path }) => path === wanted)) return;
      setOpen(wanted);
      panel.current?.scrollIntoView();
    }
    follow();
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [files]);

  return (
    <Tabs.Root
      ref={panel}
      value={open}
      onValueChange={setOpen}
      className="rounded-md border border-rule bg-code-bg"
    >
      <Tabs.List
        aria-label="Files"
        className="flex overflow-x-auto border-rule border-b px-1 [scrollbar-width:thin]"
      >
        {files.map(({ path }) => (
          <Tabs.Trigger
            key={path}
            value={path}
            className="-mb-px shrink-0 border-transparent border-b-2 px-3 py-2.5 font-mono text-muted text-xs -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {path.replace(`${folder}/`, "")}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {files.map((file) => (
        <Tabs.Content key={file.path} value={file.path} tabIndex={-1}>
          <SourceCode file={file} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
