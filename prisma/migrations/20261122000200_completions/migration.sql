-- CreateTable
CREATE TABLE "completion" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "chat_id" TEXT,
    "messages" JSON NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(6) NOT NULL,
    "instance" TEXT NOT NULL,
    "stop_requested" BOOLEAN NOT NULL DEFAULT false,
    "tokens" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "completion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assistant_message" (
    "user_id" UUID NOT NULL,
    "chat_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "role" TEXT NOT NULL,
    "text" JSON NOT NULL,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "assistant_message_pkey" PRIMARY KEY ("user_id","chat_id","id")
);

-- CreateIndex
CREATE INDEX "completion_status_lease_until_idx" ON "completion"("status", "lease_until");

-- CreateIndex
CREATE INDEX "completion_user_id_created_at_idx" ON "completion"("user_id", "created_at");
