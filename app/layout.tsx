import "@fontsource-variable/newsreader/opsz.css";
import "@fontsource-variable/newsreader/opsz-italic.css";
import "./globals.css";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { PaletteProvider } from "@/components/palette/palette-context";
import { Colophon } from "@/components/shell/colophon";
import { navEntry } from "@/components/shell/nav-entry";
import { SideColumn } from "@/components/shell/side-column";
import { SkipLink } from "@/components/shell/skip-link";
import { TopBar } from "@/components/shell/top-bar";
import { parseTheme, THEME_COOKIE } from "@/components/theme/theme";
import { patterns } from "./patterns";

// Each page carries the nonce of its own request's Content-Security-Policy, so none may be prerendered.
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Patternbook", template: "%s · Patternbook" },
  description: "Nine API patterns, each running for real, with the source that is running.",
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const entries = patterns.map(navEntry);
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body>
        <PaletteProvider entries={entries}>
          <SkipLink />
          <TopBar entries={entries} theme={theme} />
          <div className="flex">
            <SideColumn entries={entries} theme={theme} />
            <div className="min-w-0 grow">
              <main id="main" tabIndex={-1} className="mx-auto max-w-5xl px-5 sm:px-10">
                {children}
              </main>
              <Colophon />
            </div>
          </div>
        </PaletteProvider>
      </body>
    </html>
  );
}
