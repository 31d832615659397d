"use client";

import { Menu, X } from "lucide-react";
import { useState } from "react";
import { PaletteButton } from "@/components/palette/palette-button";
import type { Theme } from "@/components/theme/theme";
import { ThemeSwitch } from "@/components/theme/theme-switch";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { NavEntry } from "./nav-entry";
import { PatternNav } from "./pattern-nav";
import { Wordmark } from "./wordmark";

/** The bar of narrow screens, with the contents behind a menu button. */
export function TopBar({ entries, theme }: { entries: NavEntry[]; theme: Theme }) {
  const [open, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex items-center border-rule border-b bg-paper px-5 py-2.5 lg:hidden">
      <Wordmark />
      <div className="ml-auto flex">
        <PaletteButton compact />
        <Button
          look="bare"
          onClick={() => setOpen(true)}
          aria-label="Contents"
          aria-haspopup="dialog"
          className="-mr-2.5 w-10 px-0"
        >
          <Menu aria-hidden size={20} />
        </Button>
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Contents"
        className="inset-y-0 right-0 flex w-[min(22rem,100vw)] flex-col overflow-y-auto border-l px-6 py-2.5"
      >
        <div className="mb-4 flex items-center justify-between">
          <p className="small-caps text-muted">Contents</p>
          <Button
            look="bare"
            onClick={() => setOpen(false)}
            aria-label="Close"
            className="-mr-3.5 w-10 px-0"
          >
            <X aria-hidden size={20} />
          </Button>
        </div>
        <PatternNav entries={entries} onGo={() => setOpen(false)} />
        <div className="mt-8">
          <ThemeSwitch initial={theme} />
        </div>
      </Dialog>
    </header>
  );
}
