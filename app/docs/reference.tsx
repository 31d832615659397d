"use client";

import "./reference.css";
import type { createApiReference } from "@scalar/api-reference";
import Script from "next/script";
import { useEffect, useRef, useState } from "react";
import { onShownTheme } from "./shown-theme";

declare global {
  interface Window {
    Scalar?: { createApiReference: typeof createApiReference };
  }
}

/** Nothing is fetched from elsewhere, reported or proxied; and the page has its own theme switch. */
const configuration = {
  url: "/api/openapi.json",
  layout: "classic",
  theme: "none",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  showDeveloperTools: "never",
  documentDownloadType: "none",
  hideClientButton: true,
  hideDarkModeToggle: true,
  hideSearch: true,
  // Samples in twenty languages, none of which has been tried.
  hiddenClients: true,
} as const;

/** The document, as Scalar shows it. Scalar is a Vue application: it has this element to itself. */
export function Reference() {
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");

  useEffect(() => {
    if (state !== "ready" || !place.current || !window.Scalar) return;
    const reference = window.Scalar.createApiReference(place.current, configuration);
    const end = onShownTheme((forceDarkModeState) =>
      reference.updateConfiguration({ ...configuration, forceDarkModeState }),
    );
    return () => {
      end();
      reference.destroy();
    };
  }, [state]);

  return (
    <>
      <Script
        src="/docs/scalar.js"
        onReady={() => setState("ready")}
        onError={() => setState("failed")}
      />
      {state === "failed" && (
        <p role="alert">
          The reference did not load. Reload the page, or read openapi.json itself.
        </p>
      )}
      <div ref={place} className="reference -mx-5 min-h-dvh sm:mx-0" />
    </>
  );
}
