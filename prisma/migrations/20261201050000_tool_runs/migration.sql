-- What an answer has beside its text: the parts of the message, and a row for each tool that ran for it.

-- AlterTable
ALTER TABLE "assistant_message" ADD COLUMN "parts" JSON;

-- CreateTable
CREATE TABLE "tool_run" (
    "completion_id" UUID NOT NULL,
    "call_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "input" JSON NOT NULL,
    "output" JSON,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tool_run_pkey" PRIMARY KEY ("completion_id","call_id")
);

-- AddForeignKey
ALTER TABLE "tool_run" ADD CONSTRAINT "tool_run_completion_id_fkey" FOREIGN KEY ("completion_id") REFERENCES "completion"("id") ON DELETE CASCADE ON UPDATE CASCADE;
