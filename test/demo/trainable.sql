-- Is there something to learn from, and something to judge by?
\set ECHO none
SELECT count(*) FILTER (WHERE churned) > 0 AND count(*) FILTER (WHERE NOT churned) > 0
		   AND (SELECT count(*) > 0 FROM judging) AS trainable
FROM training \gset
\if :trainable
\else
	\echo :n_cancelled 'cancellations are too few here: none of them, or nothing else, is among the training'
	\echo 'rows, so there is nothing to learn from.  Loading and features work as shown.'
\endif
\set ECHO queries
