"use client";

import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import type { NavEntry } from "@/components/shell/nav-entry";
import { setTheme, themes } from "@/components/theme/theme";
import { Dialog } from "@/components/ui/dialog";

const item =
  "flex cursor-pointer items-baseline gap-3 px-5 py-2 data-[disabled=true]:cursor-not-allowed data-[disabled=true]:text-muted data-[selected=true]:bg-accent-wash data-[selected=true]:text-accent";
const group =
  "[&_[cmdk-group-heading]]:small-caps [&_[cmdk-group-heading]]:px-5 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-muted";

/** Go to a pattern or change the theme by typing. */
export function Palette(props: {
  entries: NavEntry[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const router = useRouter();
  const then = (action: () => void) => () => {
    props.onOpenChange(false);
    action();
  };

  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title="Command palette"
      className="top-[12vh] left-1/2 w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2 rounded-md border"
    >
      <Command label="Patterns and actions" loop>
        <Command.Input
          placeholder="Go to a pattern, or change the theme"
          className="w-full border-rule border-b bg-transparent px-5 py-4 text-base outline-none placeholder:text-muted"
        />
        <Command.List className="max-h-[64vh] overflow-y-auto pb-3">
          <Command.Empty className="px-5 py-6 text-muted">No pattern has that name.</Command.Empty>
          <Command.Group heading="Patterns" className={group}>
            {props.entries.map((entry) => (
              <Command.Item
                key={entry.slug}
                value={`${entry.number} ${entry.title}`}
                keywords={[entry.slug]}
                disabled={!entry.ready}
                onSelect={then(() => router.push(entry.page))}
                className={item}
              >
                <span className="display w-6 tabular-nums">{entry.number}</span>
                <span>{entry.title}</span>
                {entry.ready || <em className="ml-auto font-display text-sm">in the making</em>}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading="More" className={group}>
            <Command.Item
              value="Benchmarks"
              onSelect={then(() => router.push("/benchmarks"))}
              className={item}
            >
              Benchmarks
            </Command.Item>
          </Command.Group>
          <Command.Group heading="Theme" className={group}>
            {themes.map((theme) => (
              <Command.Item key={theme} onSelect={then(() => setTheme(theme))} className={item}>
                Use the {theme} theme
              </Command.Item>
            ))}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}
