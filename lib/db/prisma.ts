import { PrismaPg } from "@prisma/adapter-pg";
import { remember } from "../remember";
import { PrismaClient } from "./generated/client";
import { pool } from "./pool";

/** The process's Prisma client, over the shared pool. */
export const prisma = (): PrismaClient =>
  remember("prisma", () => new PrismaClient({ adapter: new PrismaPg(pool()) }));
