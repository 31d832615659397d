"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { NavEntry } from "@/components/shell/nav-entry";
import { Palette } from "./palette";

const OpenPalette = createContext<() => void>(() => {});

/** Opens the command palette. */
export const useOpenPalette = () => useContext(OpenPalette);

/** Holds the one command palette of the page, and listens for ⌘K and Ctrl-K. */
export function PaletteProvider(props: { entries: NavEntry[]; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const show = useMemo(() => () => setOpen(true), []);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((value) => !value);
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return (
    <OpenPalette value={show}>
      {props.children}
      <Palette entries={props.entries} open={open} onOpenChange={setOpen} />
    </OpenPalette>
  );
}
