CREATE TABLE `allowances` (
	`rule` text NOT NULL,
	`key` text NOT NULL,
	`at_ms` integer NOT NULL,
	`request_id` text NOT NULL,
	PRIMARY KEY(`rule`, `key`, `at_ms`, `request_id`),
	FOREIGN KEY (`request_id`) REFERENCES `requests`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `client_uses` (
	`client_id` text PRIMARY KEY NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `delegations` (
	`id` text PRIMARY KEY NOT NULL,
	`from_user_id` text NOT NULL,
	`to_user_id` text NOT NULL,
	`starts_at_ms` integer NOT NULL,
	`ends_at_ms` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`created_by` text NOT NULL,
	`revoked_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `delegations_to_come` ON `delegations` (`ends_at_ms`) WHERE revoked_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `delegations_to` ON `delegations` (`to_user_id`,`ends_at_ms`) WHERE revoked_at_ms IS NULL;--> statement-breakpoint
CREATE TABLE `pauses` (
	`id` integer PRIMARY KEY NOT NULL,
	`by` text NOT NULL,
	`reason` text,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `token_ids` (
	`issuer` text NOT NULL,
	`jti` text NOT NULL,
	`expires_at_ms` integer NOT NULL,
	PRIMARY KEY(`issuer`, `jti`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `token_ids_over` ON `token_ids` (`expires_at_ms`);--> statement-breakpoint
DROP INDEX `decisions_one_each`;--> statement-breakpoint
ALTER TABLE `decisions` ADD `delegated_by` text;--> statement-breakpoint
ALTER TABLE `decisions` ADD `delegator_identities` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `actions` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `environments` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `previous` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `ip_ranges` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `expires_at_ms` integer;--> statement-breakpoint
ALTER TABLE `outbox` ADD `mention` text;--> statement-breakpoint
ALTER TABLE `requests` ADD `verified_by` text DEFAULT 'client_key' NOT NULL;--> statement-breakpoint
ALTER TABLE `requests` ADD `broken_glass` text;--> statement-breakpoint
ALTER TABLE `requests` ADD `review_open` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `requests_review_open` ON `requests` (`id`) WHERE review_open = 1;--> statement-breakpoint
CREATE INDEX `audit_entries_policies` ON `audit_entries` (body ->> '$.digest') WHERE type = 'policy.loaded';--> statement-breakpoint
DROP TRIGGER `decisions_extend`;
--> statement-breakpoint
-- A person may take her word back and give it again, so she stands more than once beside a request; but never two words of
-- one account with nothing taken back in between, whatever a rule makes of it. Which word is hers across her accounts, only
-- the rules know.
CREATE TRIGGER `decisions_extend` BEFORE INSERT ON `decisions`
WHEN NEW.`position` IS NOT (SELECT count(*) FROM `decisions` WHERE `request_id` = NEW.`request_id`)
  OR (NEW.`verdict` <> 'withdraw' AND EXISTS (
    SELECT 1 FROM `decisions` AS `said`
    WHERE `said`.`request_id` = NEW.`request_id` AND `said`.`approver_user_id` = NEW.`approver_user_id`
      AND `said`.`verdict` <> 'withdraw'
      AND NOT EXISTS (SELECT 1 FROM `decisions` AS `back` WHERE `back`.`request_id` = NEW.`request_id`
        AND `back`.`position` > `said`.`position` AND `back`.`verdict` = 'withdraw')))
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: one must be the next of its request, and one standing word of each approver'); END;
--> statement-breakpoint
DROP TRIGGER `requests_ask_stays`;
--> statement-breakpoint
CREATE TRIGGER `requests_ask_stays` BEFORE UPDATE OF `id`, `client_id`, `verified_by`, `payload_digest`, `closure`, `policy`, `ask` ON `requests`
BEGIN SELECT RAISE(ABORT, 'what was asked does not change'); END;
--> statement-breakpoint
-- Who may sit in whose seat is written anew, never rewritten; it can only end early, and once.
CREATE TRIGGER `delegations_stay` BEFORE UPDATE ON `delegations`
WHEN OLD.`revoked_at_ms` IS NOT NULL OR NEW.`id` IS NOT OLD.`id`
  OR NEW.`from_user_id` IS NOT OLD.`from_user_id` OR NEW.`to_user_id` IS NOT OLD.`to_user_id`
  OR NEW.`starts_at_ms` IS NOT OLD.`starts_at_ms` OR NEW.`ends_at_ms` IS NOT OLD.`ends_at_ms`
  OR NEW.`created_at_ms` IS NOT OLD.`created_at_ms` OR NEW.`created_by` IS NOT OLD.`created_by`
BEGIN SELECT RAISE(ABORT, 'a delegation does not change: it is ended, and another one made'); END;
--> statement-breakpoint
CREATE TRIGGER `delegations_no_delete` BEFORE DELETE ON `delegations`
BEGIN SELECT RAISE(ABORT, 'delegations are kept: none goes'); END;
--> statement-breakpoint
-- What was used up is used up: a limit is kept by counting these.
CREATE TRIGGER `allowances_no_update` BEFORE UPDATE ON `allowances`
BEGIN SELECT RAISE(ABORT, 'uses are append-only: none changes'); END;
--> statement-breakpoint
CREATE TRIGGER `allowances_no_delete` BEFORE DELETE ON `allowances`
BEGIN SELECT RAISE(ABORT, 'uses are append-only: none goes'); END;
