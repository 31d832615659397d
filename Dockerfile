# syntax=docker/dockerfile:1
# Three stages: the build; the tools around it (migrations, sample rows, the bridge to Redis); the server.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

# Where it is given no other command, it applies the migrations and fills in what is missing, then ends.
FROM build AS tools
USER node
CMD ["npm", "run", "--silent", "db:seed"]

FROM build AS pruned
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf .next/cache

FROM node:24-bookworm-slim AS server
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000
WORKDIR /app
# Owned by root and read by node: what serves cannot change what is served.
COPY --from=pruned /app/package.json /app/next.config.ts ./
COPY --from=pruned /app/node_modules ./node_modules
COPY --from=pruned /app/.next ./.next
COPY --from=pruned /app/dist ./dist
# What pages show: the files that are running, and the results of the benchmark.
COPY --from=pruned /app/app ./app
COPY --from=pruned /app/e2e ./e2e
COPY --from=pruned /app/lib ./lib
COPY --from=pruned /app/prisma ./prisma
COPY --from=pruned /app/server ./server
COPY --from=pruned /app/bench ./bench
# What the model's tool searches: these, and the READMEs of app/.
COPY --from=pruned /app/docs ./docs
COPY --from=pruned /app/README.md /app/CONTRIBUTING.md ./
USER node
EXPOSE 3000
# Ready is more than alive: it has its database. SIGTERM ends it within ten seconds.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
