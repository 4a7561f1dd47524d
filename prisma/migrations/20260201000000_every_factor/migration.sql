-- CreateTable
CREATE TABLE "one_time_code" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "flow_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "identity_id" UUID,
    "address_id" UUID,
    "via" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "mac" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "one_time_code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "handover" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "flow_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),

    CONSTRAINT "handover_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "token_exchange" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "flow_id" UUID NOT NULL,
    "init_hash" TEXT NOT NULL,
    "return_hash" TEXT NOT NULL,
    "session_id" UUID,
    "sealed_token" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),

    CONSTRAINT "token_exchange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_message" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "dedupe" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "recipient_hint" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "identity_id" UUID,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "kid" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "retires_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrolment_prompt" (
    "identity_id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "shown" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "never" BOOLEAN NOT NULL DEFAULT false,
    "skipped_at" TIMESTAMPTZ(3),

    CONSTRAINT "enrolment_prompt_pkey" PRIMARY KEY ("identity_id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "project_id" UUID,
    "workspace_id" UUID,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "one_time_code_flow_id_key" ON "one_time_code"("flow_id");

-- CreateIndex
CREATE INDEX "one_time_code_identity_id_idx" ON "one_time_code"("identity_id");

-- CreateIndex
CREATE INDEX "one_time_code_expires_at_idx" ON "one_time_code"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "handover_token_hash_key" ON "handover"("token_hash");

-- CreateIndex
CREATE INDEX "handover_flow_id_idx" ON "handover"("flow_id");

-- CreateIndex
CREATE INDEX "handover_expires_at_idx" ON "handover"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "token_exchange_flow_id_key" ON "token_exchange"("flow_id");

-- CreateIndex
CREATE UNIQUE INDEX "token_exchange_init_hash_key" ON "token_exchange"("init_hash");

-- CreateIndex
CREATE UNIQUE INDEX "token_exchange_return_hash_key" ON "token_exchange"("return_hash");

-- CreateIndex
CREATE INDEX "token_exchange_expires_at_idx" ON "token_exchange"("expires_at");

-- CreateIndex
CREATE INDEX "outbox_message_status_not_before_idx" ON "outbox_message"("status", "not_before");

-- CreateIndex
CREATE INDEX "outbox_message_project_id_created_at_idx" ON "outbox_message"("project_id", "created_at");

-- CreateIndex
CREATE INDEX "outbox_message_project_id_identity_id_created_at_idx" ON "outbox_message"("project_id", "identity_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_message_project_id_dedupe_key" ON "outbox_message"("project_id", "dedupe");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_project_id_kid_key" ON "signing_key"("project_id", "kid");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_prompt_identity_id_project_id_key" ON "enrolment_prompt"("identity_id", "project_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_token_hash_key" ON "api_key"("token_hash");

-- CreateIndex
CREATE INDEX "api_key_project_id_idx" ON "api_key"("project_id");

-- CreateIndex
CREATE INDEX "api_key_workspace_id_idx" ON "api_key"("workspace_id");

-- AddForeignKey
ALTER TABLE "one_time_code" ADD CONSTRAINT "one_time_code_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_code" ADD CONSTRAINT "one_time_code_identity_id_project_id_fkey" FOREIGN KEY ("identity_id", "project_id") REFERENCES "identity"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "handover" ADD CONSTRAINT "handover_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "token_exchange" ADD CONSTRAINT "token_exchange_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox_message" ADD CONSTRAINT "outbox_message_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "enrolment_prompt" ADD CONSTRAINT "enrolment_prompt_identity_id_project_id_fkey" FOREIGN KEY ("identity_id", "project_id") REFERENCES "identity"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;
