-- Rooms are listed page by page, in the order in which they were made, and are swept when nobody has used
-- them for a while. Those of the seed are for ever.

-- AlterTable
ALTER TABLE "chat_room" ADD COLUMN "number" BIGSERIAL NOT NULL;
ALTER TABLE "chat_room" ADD COLUMN "is_permanent" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "chat_room" ADD COLUMN "used_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;

UPDATE "chat_room" SET "is_permanent" = true WHERE "owner_id" IS NULL AND "name" IN ('lobby', 'patterns');

-- CreateIndex
CREATE UNIQUE INDEX "chat_room_number_key" ON "chat_room"("number");

-- CreateIndex
CREATE INDEX "chat_room_used_at_idx" ON "chat_room"("used_at");

-- CreateIndex
CREATE INDEX "chat_room_member_user_id_joined_at_idx" ON "chat_room_member"("user_id", "joined_at");

-- DropIndex
DROP INDEX "chat_room_member_user_id_idx";
