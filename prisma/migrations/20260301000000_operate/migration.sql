-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "created_by" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "outbox_message" ADD COLUMN     "recipient_mac" TEXT;

-- AlterTable
ALTER TABLE "project" ADD COLUMN     "cors_admin" JSONB NOT NULL DEFAULT '{"enabled":false,"origins":[]}',
ADD COLUMN     "cors_public" JSONB NOT NULL DEFAULT '{"enabled":false,"origins":[]}',
ADD COLUMN     "environment" TEXT NOT NULL DEFAULT 'dev',
ADD COLUMN     "home_region" TEXT NOT NULL DEFAULT 'eu-central',
ADD COLUMN     "state" TEXT NOT NULL DEFAULT 'running',
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "revision" ADD COLUMN     "file_digest" TEXT;

-- AlterTable
ALTER TABLE "workspace" ADD COLUMN     "access_policy" TEXT NOT NULL DEFAULT 'CHECK_ACCESS_PERMISSION',
ADD COLUMN     "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "job" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "total" INTEGER,
    "done" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cursor" JSONB,
    "input" TEXT,
    "result" TEXT,
    "error" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_part" (
    "job_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "sealed" TEXT NOT NULL,

    CONSTRAINT "job_part_pkey" PRIMARY KEY ("job_id","kind","number")
);

-- CreateTable
CREATE TABLE "config_draft" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "base" INTEGER NOT NULL,
    "document" JSONB NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "config_draft_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "job_project_id_created_at_idx" ON "job"("project_id", "created_at");

-- CreateIndex
CREATE INDEX "job_state_lease_until_idx" ON "job"("state", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "config_draft_project_id_author_id_key" ON "config_draft"("project_id", "author_id");

-- CreateIndex
CREATE INDEX "audit_entry_project_id_at_idx" ON "audit_entry"("project_id", "at");

-- CreateIndex
CREATE INDEX "credential_project_id_type_identity_id_idx" ON "credential"("project_id", "type", "identity_id");

-- CreateIndex, by hand: search by prefix, whatever the collation of the database
CREATE INDEX "credential_identifier_prefix_idx" ON "credential_identifier"("project_id", "identifier" text_pattern_ops);

-- CreateIndex
CREATE INDEX "identity_project_id_id_idx" ON "identity"("project_id", "id");

-- CreateIndex
CREATE INDEX "outbox_message_project_id_recipient_mac_created_at_idx" ON "outbox_message"("project_id", "recipient_mac", "created_at");

-- CreateIndex
CREATE INDEX "session_project_id_issued_at_id_idx" ON "session"("project_id", "issued_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "job" ADD CONSTRAINT "job_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_part" ADD CONSTRAINT "job_part_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "job"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "config_draft" ADD CONSTRAINT "config_draft_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- DropIndex
DROP INDEX "identity_project_id_created_at_idx";

-- CreateIndex
CREATE INDEX "identity_project_id_created_at_id_idx" ON "identity"("project_id", "created_at" DESC, "id" DESC);