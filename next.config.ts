import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // The server is ours (server.ts), and event streams must not be compressed: a proxy in front does that better.
  compress: false,
  // `npm run check` does it, for tests and scripts as well.
  typescript: { ignoreBuildErrors: true },
  // At the left it would lie over the theme switch.
  devIndicators: { position: "bottom-right" },
  // No page has an image to make smaller, and /_next/image would fetch and keep whatever address it is given.
  images: { unoptimized: true },
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  serverExternalPackages: [
    "inngest",
    "pg",
    "pino",
    "prom-client",
    "@prisma/client",
    "@prisma/adapter-pg",
    "shiki",
  ],
};

export default config;
