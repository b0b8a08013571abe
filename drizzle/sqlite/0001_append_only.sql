-- The log and the decisions can only grow. UPDATE and DELETE triggers alone would not do: INSERT OR REPLACE deletes
-- without firing them where recursive_triggers is off, which is every program's default but ours. So what is inserted must
-- be the next one, and must not meet a row that REPLACE would remove. These triggers catch mistakes; whoever holds the
-- file can drop them, and is caught by the hashes and the signed checkpoints.
CREATE TRIGGER `audit_entries_extend` BEFORE INSERT ON `audit_entries`
WHEN NEW.`seq` IS NOT (SELECT coalesce(max(`seq`), 0) + 1 FROM `audit_entries`)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only: an entry must be the next one'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_entries_no_update` BEFORE UPDATE ON `audit_entries`
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only: no entry changes'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_entries_no_delete` BEFORE DELETE ON `audit_entries`
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only: no entry goes'); END;
--> statement-breakpoint
CREATE TRIGGER `decisions_extend` BEFORE INSERT ON `decisions`
WHEN NEW.`position` IS NOT (SELECT count(*) FROM `decisions` WHERE `request_id` = NEW.`request_id`)
  OR EXISTS (SELECT 1 FROM `decisions` WHERE `request_id` = NEW.`request_id` AND `approver_user_id` = NEW.`approver_user_id`)
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: one must be the next of its request, and one of each approver'); END;
--> statement-breakpoint
CREATE TRIGGER `decisions_no_update` BEFORE UPDATE ON `decisions`
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: none changes'); END;
--> statement-breakpoint
CREATE TRIGGER `decisions_no_delete` BEFORE DELETE ON `decisions`
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: none goes'); END;
--> statement-breakpoint
CREATE TRIGGER `tree_head_forward` BEFORE UPDATE ON `tree_head`
WHEN NEW.`id` IS NOT OLD.`id` OR NEW.`size` <= OLD.`size` OR NEW.`last_at_ms` < OLD.`last_at_ms`
BEGIN SELECT RAISE(ABORT, 'the tree head only moves forward'); END;
--> statement-breakpoint
CREATE TRIGGER `tree_head_one` BEFORE INSERT ON `tree_head`
BEGIN SELECT RAISE(ABORT, 'there is one tree head'); END;
--> statement-breakpoint
CREATE TRIGGER `tree_head_no_delete` BEFORE DELETE ON `tree_head`
BEGIN SELECT RAISE(ABORT, 'the tree head stays'); END;
--> statement-breakpoint
-- What was asked is what the digest binds and people say yes to: it never changes once it is asked (INV5).
CREATE TRIGGER `requests_ask_stays` BEFORE UPDATE OF `id`, `client_id`, `payload_digest`, `closure`, `policy`, `ask` ON `requests`
BEGIN SELECT RAISE(ABORT, 'what was asked does not change'); END;
