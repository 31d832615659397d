"use client";

import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

/** A modal panel with a name; focus is held inside and returned. Place it with `className`. */
export function Dialog(props: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  className: string;
  children: ReactNode;
}) {
  const before = useRef<Element | null>(null);
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(18_16_12/0.45)]" />
        <Radix.Content
          aria-describedby={undefined}
          // Radix returns focus to its own trigger only; ours can be opened from anywhere.
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (before.current instanceof HTMLElement) before.current.focus();
          }}
          className={`fixed z-50 border-edge bg-paper text-ink outline-none ${props.className}`}
        >
          <Radix.Title className="sr-only">{props.title}</Radix.Title>
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
