------------------------------------------------------------------------
-- Events: reading in place
------------------------------------------------------------------------

CREATE FUNCTION sparkify_json_handler() RETURNS fdw_handler
	AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION sparkify_json_handler() IS 'handler of the foreign data wrapper sparkify_json';

CREATE FUNCTION sparkify_json_validator(options text[], catalog oid) RETURNS void
	AS 'MODULE_PATHNAME' LANGUAGE C STRICT;
COMMENT ON FUNCTION sparkify_json_validator(text[], oid) IS
	'checks the options of the foreign data wrapper sparkify_json';

CREATE FOREIGN DATA WRAPPER sparkify_json
	HANDLER sparkify_json_handler VALIDATOR sparkify_json_validator;
COMMENT ON FOREIGN DATA WRAPPER sparkify_json IS
	'event logs in JSON lines on the server, read in place';
