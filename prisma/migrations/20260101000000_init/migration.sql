-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "workspace" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project" (
    "id" UUID NOT NULL,
    "workspace_id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "current_revision" INTEGER NOT NULL DEFAULT 0,
    "audit_sequence" BIGINT NOT NULL DEFAULT 0,
    "audit_hash" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_host" (
    "host" TEXT NOT NULL,
    "project_id" UUID NOT NULL,

    CONSTRAINT "project_host_pkey" PRIMARY KEY ("host")
);

-- CreateTable
CREATE TABLE "revision" (
    "project_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "config" JSONB NOT NULL,
    "author_kind" TEXT NOT NULL,
    "author_id" UUID,
    "author_label" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "summary" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revision_pkey" PRIMARY KEY ("project_id","number")
);

-- CreateTable
CREATE TABLE "admin" (
    "identity_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "admin_pkey" PRIMARY KEY ("identity_id")
);

-- CreateTable
CREATE TABLE "setup_link" (
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "setup_link_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "identity" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "schema_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "state_changed_at" TIMESTAMPTZ(3),
    "traits" JSONB NOT NULL,
    "metadata_public" JSONB,
    "metadata_admin" JSONB,
    "external_id" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verifiable_address" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "verified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verifiable_address_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_address" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "value" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "recovery_address_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "slot" TEXT NOT NULL DEFAULT 'single',
    "config" JSONB NOT NULL,
    "last_step" BIGINT NOT NULL DEFAULT 0,
    "enrolled_aal" TEXT,
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential_identifier" (
    "project_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "credential_id" UUID NOT NULL,

    CONSTRAINT "credential_identifier_pkey" PRIMARY KEY ("project_id","type","identifier")
);

-- CreateTable
CREATE TABLE "lookup_code" (
    "id" UUID NOT NULL,
    "credential_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "sealed" TEXT,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "lookup_code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "aal" TEXT NOT NULL,
    "methods" JSONB NOT NULL,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_device" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "location" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "session_device_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "flow" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "active" TEXT,
    "request_url" TEXT NOT NULL,
    "return_to" TEXT,
    "requested_aal" TEXT,
    "refresh" BOOLEAN NOT NULL DEFAULT false,
    "session_id" UUID,
    "identity_id" UUID,
    "nodes" JSONB NOT NULL,
    "messages" JSONB NOT NULL,
    "internal" JSONB NOT NULL,
    "transient_payload" JSONB,
    "csrf_hash" TEXT,
    "submissions" INTEGER NOT NULL DEFAULT 0,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "completed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "flow_error" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "error" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flow_error_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "parked_change" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "flow_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "sealed" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "parked_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "limit_counter" (
    "project_id" UUID NOT NULL,
    "lane" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,
    "window_at" TIMESTAMPTZ(3) NOT NULL,
    "wait_until" TIMESTAMPTZ(3),
    "charged_by" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "limit_counter_pkey" PRIMARY KEY ("project_id","lane","key")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "project_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "action" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "result" TEXT NOT NULL,
    "identity_id" UUID,
    "session_id" UUID,
    "ip_address" TEXT,
    "details" JSONB NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("project_id","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "project_slug_key" ON "project"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "project_key_key" ON "project"("key");

-- CreateIndex
CREATE INDEX "identity_project_id_created_at_idx" ON "identity"("project_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "identity_project_id_external_id_key" ON "identity"("project_id", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "identity_id_project_id_key" ON "identity"("id", "project_id");

-- CreateIndex
CREATE INDEX "verifiable_address_identity_id_idx" ON "verifiable_address"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "verifiable_address_project_id_via_value_key" ON "verifiable_address"("project_id", "via", "value");

-- CreateIndex
CREATE INDEX "recovery_address_identity_id_idx" ON "recovery_address"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "recovery_address_project_id_via_value_key" ON "recovery_address"("project_id", "via", "value");

-- CreateIndex
CREATE INDEX "credential_project_id_type_id_idx" ON "credential"("project_id", "type", "id");

-- CreateIndex
CREATE UNIQUE INDEX "credential_identity_id_type_slot_key" ON "credential"("identity_id", "type", "slot");

-- CreateIndex
CREATE UNIQUE INDEX "credential_id_project_id_key" ON "credential"("id", "project_id");

-- CreateIndex
CREATE INDEX "credential_identifier_credential_id_idx" ON "credential_identifier"("credential_id");

-- CreateIndex
CREATE UNIQUE INDEX "lookup_code_credential_id_position_key" ON "lookup_code"("credential_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_hash_key" ON "session"("token_hash");

-- CreateIndex
CREATE INDEX "session_identity_id_revoked_at_expires_at_idx" ON "session"("identity_id", "revoked_at", "expires_at");

-- CreateIndex
CREATE INDEX "session_project_id_expires_at_idx" ON "session"("project_id", "expires_at");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "session_device_session_id_idx" ON "session_device"("session_id");

-- CreateIndex
CREATE INDEX "flow_expires_at_idx" ON "flow"("expires_at");

-- CreateIndex
CREATE INDEX "flow_error_created_at_idx" ON "flow_error"("created_at");

-- CreateIndex
CREATE INDEX "parked_change_identity_id_idx" ON "parked_change"("identity_id");

-- CreateIndex
CREATE INDEX "parked_change_expires_at_idx" ON "parked_change"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "parked_change_flow_id_key" ON "parked_change"("flow_id");

-- CreateIndex
CREATE INDEX "limit_counter_updated_at_idx" ON "limit_counter"("updated_at");

-- CreateIndex
CREATE INDEX "audit_entry_project_id_identity_id_sequence_idx" ON "audit_entry"("project_id", "identity_id", "sequence");

-- CreateIndex
CREATE INDEX "audit_entry_project_id_action_sequence_idx" ON "audit_entry"("project_id", "action", "sequence");

-- AddForeignKey
ALTER TABLE "project" ADD CONSTRAINT "project_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_host" ADD CONSTRAINT "project_host_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "admin" ADD CONSTRAINT "admin_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identity"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity" ADD CONSTRAINT "identity_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verifiable_address" ADD CONSTRAINT "verifiable_address_identity_id_project_id_fkey" FOREIGN KEY ("identity_id", "project_id") REFERENCES "identity"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_address" ADD CONSTRAINT "recovery_address_identity_id_project_id_fkey" FOREIGN KEY ("identity_id", "project_id") REFERENCES "identity"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_identity_id_project_id_fkey" FOREIGN KEY ("identity_id", "project_id") REFERENCES "identity"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential_identifier" ADD CONSTRAINT "credential_identifier_credential_id_project_id_fkey" FOREIGN KEY ("credential_id", "project_id") REFERENCES "credential"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lookup_code" ADD CONSTRAINT "lookup_code_credential_id_fkey" FOREIGN KEY ("credential_id") REFERENCES "credential"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_identity_id_project_id_fkey" FOREIGN KEY ("identity_id", "project_id") REFERENCES "identity"("id", "project_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_device" ADD CONSTRAINT "session_device_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "flow" ADD CONSTRAINT "flow_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "flow_error" ADD CONSTRAINT "flow_error_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "parked_change" ADD CONSTRAINT "parked_change_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_entry" ADD CONSTRAINT "audit_entry_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
