"use client";

import { Search } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { useOpenPalette } from "./palette-context";

const never = () => () => {};
const shortcutHere = () => (/mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘K" : "Ctrl K");

/** Opens the command palette; `compact` shows the icon alone. */
export function PaletteButton({ compact = false }: { compact?: boolean }) {
  const open = useOpenPalette();
  const shortcut = useSyncExternalStore(never, shortcutHere, () => "Ctrl K");
  if (compact) {
    return (
      <Button look="bare" onClick={open} aria-label="Find a pattern" className="w-10 px-0">
        <Search aria-hidden size={18} />
      </Button>
    );
  }
  return (
    <Button onClick={open} aria-keyshortcuts="Meta+K Control+K" className="w-full justify-start">
      <Search aria-hidden size={14} className="text-muted" />
      <span className="text-muted">Find a pattern</span>
      <kbd className="ml-auto font-mono text-muted text-xs">{shortcut}</kbd>
    </Button>
  );
}
