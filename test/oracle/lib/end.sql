--
-- The report; an error when there was a difference.
--
SELECT oracle.report();
SELECT oracle.verdict();
