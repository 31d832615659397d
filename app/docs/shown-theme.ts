import { currentTheme, onThemeChange } from "@/components/theme/theme";

/**
 * Tells which theme is seen, now and whenever that changes, by the reader or by the system.
 * @returns ends that
 */
export function onShownTheme(tell: (shown: "light" | "dark") => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const look = () => {
    const theme = currentTheme();
    tell(theme === "system" ? (system.matches ? "dark" : "light") : theme);
  };
  look();
  system.addEventListener("change", look);
  const end = onThemeChange(look);
  return () => {
    end();
    system.removeEventListener("change", look);
  };
}
