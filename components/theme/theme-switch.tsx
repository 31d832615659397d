"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Segmented } from "@/components/ui/segmented";
import { currentTheme, onThemeChange, setTheme, type Theme } from "./theme";

const options = [
  { value: "system", label: "System theme", icon: <Monitor aria-hidden size={15} /> },
  { value: "light", label: "Light theme", icon: <Sun aria-hidden size={15} /> },
  { value: "dark", label: "Dark theme", icon: <Moon aria-hidden size={15} /> },
] as const;

/** System, light or dark. `initial` is what the server rendered, so that hydration agrees with it. */
export function ThemeSwitch({ initial }: { initial: Theme }) {
  const theme = useSyncExternalStore(onThemeChange, currentTheme, () => initial);
  return <Segmented legend="Theme" options={options} value={theme} onChange={setTheme} />;
}
