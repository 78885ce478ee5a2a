#!/bin/sh
# The parts of the install script have one layout: each object's comment follows it, arguments and
# clauses stand in one order, lines are of a hundred columns but where a name and its arguments take more.
exec perl -ne '
	BEGIN { $wrong = $n = 0 }
	sub wrong { print "$ARGV:$.: $_[0]\n"; $wrong = 1 }
	(my $line = $_) =~ s/\t/    /g;
	wrong("longer than 100 columns") if length $line > 101 && !/^COMMENT ON FUNCTION \S+\(.*\) IS$|MODULE_PATHNAME\x27, \x27/;
	wrong("indented by spaces") if /^\t* /;
	wrong("no comment beside $object") if $object && !/^COMMENT ON \Q$object\E[ (]/;
	$object = "";
	$body = !$body if (() = /\$\$/g) % 2;
	$made = "$1 $2" if /^CREATE (FUNCTION|AGGREGATE|TYPE|OPERATOR CLASS|OPERATOR|CAST|FOREIGN DATA WRAPPER) (\(.*?\)|[^\s(;]+)/;
	undef $made if /^CREATE TYPE \w+;$/;
	wrong("clauses out of order") if /^\tAS \x27MODULE_PATHNAME\x27/ &&
		!/^\tAS \x27MODULE_PATHNAME\x27(, \x27\w+\x27)? LANGUAGE C( (VOLATILE|STABLE|IMMUTABLE))?( STRICT)?( PARALLEL \w+)?(( COST \d+)?( ROWS \d+)?( SUPPORT \w+)?;)?$/;
	($object, $made, $n) = ($made, undef, $n + 1) if $made && !$body && /;$/;
	if (eof)
	{
		wrong("no comment beside $object") if $object;
		$object = "";
		close ARGV;
	}
	END { $? = $wrong || $n < 100 }
' sql/parts/*.sql
