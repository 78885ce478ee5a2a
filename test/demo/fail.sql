-- Ends the demo with the text of the variable error
SELECT set_config('demo.error', :'error', false) \g /dev/null
\set VERBOSITY terse
DO $$ BEGIN RAISE '%', current_setting('demo.error'); END $$;
