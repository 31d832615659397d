-- CreateTable
CREATE TABLE "article" (
    "id" UUID NOT NULL,
    "owner" UUID,
    "title" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "tags" TEXT[],
    "body" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "article_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "article_owner_published_at_id_idx" ON "article"("owner", "published_at", "id");
