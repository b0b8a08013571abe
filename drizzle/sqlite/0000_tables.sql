CREATE TABLE `audit_entries` (
	`seq` integer PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`request_id` text,
	`envelope` text NOT NULL,
	`leaf` text NOT NULL,
	`body` text,
	`salt` text
);
--> statement-breakpoint
CREATE INDEX `audit_entries_of_request` ON `audit_entries` (`request_id`) WHERE request_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `cards` (
	`request_id` text NOT NULL,
	`channel` text NOT NULL,
	`ts` text NOT NULL,
	`version` integer NOT NULL,
	`stale` integer NOT NULL,
	PRIMARY KEY(`request_id`, `channel`, `ts`),
	FOREIGN KEY (`request_id`) REFERENCES `requests`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `cards_stale` ON `cards` (`request_id`,`channel`,`ts`,`version`) WHERE stale = 1;--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`owners` text NOT NULL,
	`makers` text NOT NULL,
	`scopes` text NOT NULL,
	`act_for` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`revoked_at_ms` integer
);
--> statement-breakpoint
CREATE TABLE `decisions` (
	`request_id` text NOT NULL,
	`position` integer NOT NULL,
	`approver_user_id` text NOT NULL,
	`approver_team_id` text NOT NULL,
	`approver_name` text NOT NULL,
	`approver_identities` text NOT NULL,
	`verdict` text NOT NULL,
	`reason` text,
	`surface` text NOT NULL,
	`groups` text NOT NULL,
	`membership_read_at_ms` integer NOT NULL,
	`digest_shown` text NOT NULL,
	`policy_digest` text NOT NULL,
	`decided_at_ms` integer NOT NULL,
	PRIMARY KEY(`request_id`, `position`),
	FOREIGN KEY (`request_id`) REFERENCES `requests`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `decisions_one_each` ON `decisions` (`request_id`,`approver_user_id`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`kind` text NOT NULL,
	`request_id` text,
	`channel` text NOT NULL,
	`text` text,
	`version` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT false NOT NULL,
	`due_at_ms` integer NOT NULL,
	`last_error` text
);
--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`channel`,`kind`,`due_at_ms`);--> statement-breakpoint
CREATE INDEX `outbox_of_request` ON `outbox` (`request_id`,`channel`) WHERE request_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `outbox_failed` ON `outbox` (`channel`,`last_error`) WHERE failed = 1;--> statement-breakpoint
CREATE TABLE `requests` (
	`id` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`status` text NOT NULL,
	`execution` text NOT NULL,
	`client_id` text NOT NULL,
	`client_name` text NOT NULL,
	`action` text NOT NULL,
	`resource` text,
	`environment` text,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`grant_expires_at_ms` integer,
	`idempotency_key` text,
	`idempotency_digest` text,
	`payload_digest` text NOT NULL,
	`closure` text NOT NULL,
	`outcome` text,
	`consumed` text,
	`completed` text,
	`policy` text NOT NULL,
	`ask` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `requests_idempotency` ON `requests` (`client_id`,`idempotency_key`) WHERE idempotency_key IS NOT NULL;--> statement-breakpoint
CREATE INDEX `requests_of_client` ON `requests` (`client_id`,`id`);--> statement-breakpoint
CREATE INDEX `requests_pending` ON `requests` (`expires_at_ms`,`client_id`,`id`) WHERE status = 'pending';--> statement-breakpoint
CREATE TABLE `tree_head` (
	`id` integer PRIMARY KEY NOT NULL,
	`size` integer NOT NULL,
	`root` text NOT NULL,
	`frontier` text NOT NULL,
	`last_at_ms` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `tree_head` (`id`, `size`, `root`, `frontier`, `last_at_ms`)
VALUES (1, 0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '', 0);
--> statement-breakpoint
-- "CSGN": tells our file from any other program's SQLite file.
PRAGMA application_id = 1129531214;
