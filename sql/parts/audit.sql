------------------------------------------------------------------------
-- Judging: columns
------------------------------------------------------------------------

-- unsafe: runs queries of its own
CREATE FUNCTION churn_audit(
	source text,
	label text DEFAULT 'churned',
	exclude text[] DEFAULT '{userid,as_of}',
	id text DEFAULT NULL,
	"time" text DEFAULT NULL,
	OUT feature text,
	OUT auc float8,
	OUT note text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 40;
COMMENT ON FUNCTION churn_audit(text, text, text[], text, text) IS
	'what each column of a table, a view or a query tells of the label, the most telling first, '
	'and what speaks against it as a feature';
