import { InstanceBadge } from "@/components/instance-badge";
import { PaletteButton } from "@/components/palette/palette-button";
import type { Theme } from "@/components/theme/theme";
import { ThemeSwitch } from "@/components/theme/theme-switch";
import type { NavEntry } from "./nav-entry";
import { PatternNav } from "./pattern-nav";
import { Wordmark } from "./wordmark";

/** The left column of wide screens. */
export function SideColumn({ entries, theme }: { entries: NavEntry[]; theme: Theme }) {
  return (
    <header className="sticky top-0 hidden h-dvh w-[19rem] shrink-0 flex-col overflow-y-auto border-rule border-r px-7 py-8 lg:flex">
      <Wordmark />
      <div className="mt-6 mb-6">
        <PaletteButton />
      </div>
      <PatternNav entries={entries} />
      <div className="mt-auto space-y-5 pt-8">
        <InstanceBadge />
        <ThemeSwitch initial={theme} />
      </div>
    </header>
  );
}
