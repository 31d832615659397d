import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "@/lib/db/generated/client";
import { withDatabase } from "../run/database";
import { migrate } from "./migrate.ts";
import { seedArticles } from "./seed-articles";
import { seedItems } from "./seed-items";

const rooms = [
  { name: "lobby", title: "Lobby", isPermanent: true },
  { name: "patterns", title: "Talk about patterns", isPermanent: true },
];

/** Fills a migrated database with what the application needs to begin. Running it again changes nothing. */
export async function seed(databaseUrl: string): Promise<void> {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) });
  try {
    await prisma.room.createMany({ data: rooms, skipDuplicates: true });
    await seedArticles(prisma);
  } finally {
    await prisma.$disconnect();
  }
  await seedItems(databaseUrl);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await withDatabase(async (url) => {
    const applied = await migrate(url);
    if (applied.length) console.log(`Applied: ${applied.join(", ")}`);
    await seed(url);
    console.log("The database holds what the application begins with.");
  }).catch((error) => {
    console.error(`The database could not be filled: ${error.message}`);
    process.exitCode = 1;
  });
  // The engine of the migrations leaves a timer of 10 s behind.
  process.exit();
}
