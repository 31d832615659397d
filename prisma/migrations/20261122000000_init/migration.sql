-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chat_room" (
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "is_private" BOOLEAN NOT NULL DEFAULT false,
    "owner_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chat_room_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "chat_room_member" (
    "room_name" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "joined_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chat_room_member_pkey" PRIMARY KEY ("room_name","user_id")
);

-- CreateTable
CREATE TABLE "log_stream" (
    "name" TEXT NOT NULL,
    "head" BIGINT NOT NULL DEFAULT 0,
    "floor" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "log_stream_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "stream" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSON NOT NULL,
    "key" TEXT,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("stream","seq")
);

-- CreateTable
CREATE TABLE "socket_io_attachments" (
    "id" BIGSERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "payload" BYTEA,

    CONSTRAINT "socket_io_attachments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "chat_room_owner_id_idx" ON "chat_room"("owner_id");

-- CreateIndex
CREATE INDEX "chat_room_member_user_id_idx" ON "chat_room_member"("user_id");

-- CreateIndex
CREATE INDEX "log_entry_at_idx" ON "log_entry"("at");

-- CreateIndex
CREATE UNIQUE INDEX "log_entry_stream_key_key" ON "log_entry"("stream", "key");

-- AddForeignKey
ALTER TABLE "chat_room" ADD CONSTRAINT "chat_room_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "app_user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chat_room_member" ADD CONSTRAINT "chat_room_member_room_name_fkey" FOREIGN KEY ("room_name") REFERENCES "chat_room"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chat_room_member" ADD CONSTRAINT "chat_room_member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
