#!/usr/bin/perl
#
# generate.pl
#	  Makes what stands in several places from the lists in src/core: SQL types
#	  with their comments, tables of the documents, counts.
#
# list								what is made of it
# events/event_list.h				type churn_event, table of docs/reference.md
# events/page_list.h				sentence of docs/reference.md
# profiles/feature_list.h			type churn_features, tables of docs/features.md
# profiles/log_feature_list.h		tables of docs/log-features.md
# judging/metric_list.h				type churn_metrics, tables of docs/metrics.md
# models/option_list.h				table of docs/reference.md, defaults in docs/models.md
#
# And src/models/scorer_text.h from src/models/scorer.py, because a server has no files to read.
#
# What is made stands between marks that say "begin" and "end"; the rest of a
# file is people's.  With --check nothing is written: says what is not up to
# date, and fails if anything is.
#
use strict;
use warnings FATAL => 'all';
use FindBin;

my $root = "$FindBin::Bin/..";
my $check = @ARGV && $ARGV[0] eq '--check';
my $columns = 100;

sub slurp
{
	my ($path) = @_;
	open my $fh, '<', "$root/$path" or die "$path: $!\n";
	local $/;
	return scalar <$fh>;
}

# The items of a list: each an array of arguments as they stand, literals without
# quotes, behind the last comment before it, which names its group.
sub items
{
	my ($path, $macro, $n_arguments) = @_;
	my $text = slurp($path);
	my $nested = qr{(?<nested>\((?:[^()"]++|"(?:[^"\\]|\\.)*+"|(?&nested))*+\))};
	my ($group, @items) = ('');

	$text =~ s{^/\*.*?\*/}{}s;    # what the list is
	$text =~ s/^#.*\n//gm;
	while ($text =~ m{\G\s*(?:/\*\s*(.*?)\s*\*/|\b$macro(?=\())}gcs)
	{
		if (defined $1) { $group = $1; next; }
		$text =~ /\G$nested/gc or die "$path: parentheses do not match\n";
		my $item = $+{nested};
		my @arguments = arguments(substr $item, 1, -1);
		@arguments == $n_arguments or die "$path: $macro has $n_arguments arguments, not as here: $item\n";
		push @items, [ $group, @arguments ];
	}
	die "$path: not understood from here on: " . substr($text, pos($text) // 0, 60) . "\n"
		if substr($text, pos($text) // 0) =~ /\S/;
	die "$path: no items\n" unless @items;
	return @items;
}

sub arguments
{
	my ($text) = @_;
	my ($depth, @arguments) = (0, '');

	while ($text =~ /\G("(?:[^"\\]|\\.)*"|.)/gs)
	{
		my $token = $1;
		$depth++ if $token =~ /^[({]/;
		$depth-- if $token =~ /^[)}]/;
		if ($token eq ',' && $depth == 0) { push @arguments, ''; next; }
		$arguments[-1] .= $token;
	}
	for (@arguments)
	{
		s/^\s+|\s+$//g;
		s/^"(.*)"$/$1/s and s/\\(.)/$1/g;
	}
	return @arguments;
}

# --- SQL

# COMMENT ON in lines that fit: literals on lines of their own are one literal.
sub sql_comment
{
	my ($object, $text) = @_;
	$text =~ s/'/''/g;
	my $line = "COMMENT ON $object IS '$text';\n";
	return $line if length $line <= $columns + 1;

	my @lines = ('');
	for my $word (split /(?<= )/, $text)
	{
		# with the tab, two quotes and a semicolon
		push @lines, '' if length($lines[-1]) + length($word) > $columns - 7;
		$lines[-1] .= $word;
	}
	return "COMMENT ON $object IS\n" . join("\n", map { "\t'$_'" } @lines) . ";\n";
}

# A composite type of [column, type, comment]
sub sql_type
{
	my ($name, $comment, @fields) = @_;
	return join '', "CREATE TYPE $name AS (\n", join(",\n", map { "\t$_->[0] $_->[1]" } @fields), "\n);\n",
		sql_comment("TYPE $name", $comment),
		map { sql_comment("COLUMN $name.$_->[0]", $_->[2]) } @fields;
}

# --- Markdown

sub plain
{
	my ($text) = @_;
	$text =~ s/([*_|])/\\$1/g;
	return $text;
}

sub table
{
	my ($head, @rows) = @_;
	my @lines = ($head, [ map { '---' } @$head ], @rows);
	return join '', map { (join '', '|', map { $_ eq '---' ? '---|' : $_ eq '' ? ' |' : " $_ |" } @$_) . "\n" } @lines;
}

# Tables under the headings of their groups; rows are [group, cells...].
sub grouped_tables
{
	my ($head, @rows) = @_;
	my ($text, @groups) = ('');

	for (@rows)
	{
		push @groups, [ $_->[0] ] unless @groups && $groups[-1][0] eq $_->[0];
		push @{ $groups[-1] }, [ @$_[ 1 .. $#$_ ] ];
	}
	for (@groups)
	{
		my ($group, @cells) = @$_;
		$text .= "### $group\n\n" . table($head, @cells) . "\n";
	}
	return $text;
}

# A paragraph of a document
sub wrapped
{
	my ($text) = @_;

	$text =~ s/(.{1,$columns})(?:\s+|$)/$1\n/g;
	chomp $text;
	return $text;
}

# --- The lists

my %made;    # path => { mark => text }

{
	my %sql = (TIME => 'timestamptz', INT8 => 'bigint', INT4 => 'int', FLOAT => 'float8', TEXT => 'text');
	my @list = items('src/core/events/event_list.h', 'SPK_EVENT_ITEM', 5);
	$_->[2] eq lc $_->[3] or die "event_list.h: the key $_->[3], folded, is not $_->[2]\n" foreach @list;

	$made{'sql/parts/event.sql'}{events} = sql_type('churn_event', 'one page view of the event log',
		map { [ $_->[2], $sql{ $_->[4] }, $_->[5] ] } @list);
	$made{'docs/reference.md'}{events} = "\n" . table([ 'column', 'type', 'JSON key', '' ],
		map { [ "`$_->[2]`", $sql{ $_->[4] }, "`$_->[3]`", plain($_->[5]) ] } @list) . "\n";
}

{
	my @pages = sort map { $_->[2] } items('src/core/events/page_list.h', 'SPK_PAGE_ITEM', 3);
	my $last = pop @pages;

	$made{'docs/reference.md'}{pages} = wrapped('The known pages are ' . join(', ', @pages) . " and $last.") . "\n";
}

{
	my %sql = (int4 => 'integer', int8 => 'bigint', float8 => 'float8');
	my @list = items('src/core/profiles/feature_list.h', 'SPK_FEATURE_ITEM', 4);

	$made{'sql/parts/features.sql'}{features} = sql_type('churn_features', 'the feature columns of one user',
		map { [ $_->[1], $sql{ $_->[2] }, $_->[4] ] } @list);
	$made{'docs/features.md'}{features} = "\nThere are " . @list . ":\n\n" . grouped_tables([ 'column', 'type', 'formula' ],
		map { [ $_->[0], "`$_->[1]`", $sql{ $_->[2] }, plain($_->[4]) ] } @list);
}

{
	my %sql = (int4 => 'integer', int8 => 'bigint', float8 => 'float8', text => 'text');
	my %stands = (NAME => 'event', LEVEL => 'level');
	my @list = items('src/core/profiles/log_feature_list.h', 'SPK_LOG_FEATURE_ITEM', 8);

	$made{'docs/log-features.md'}{log_features} = "\n" . grouped_tables([ 'column', 'type', 'family', 'formula' ],
		map {
			my ($group, undef, $subject, $window, $type, $family, $column, undef, $formula) = @$_;
			my $name = $subject eq 'PAIR' ? '*event*\_per\_*event*' : join '', map { plain($_) } $column;
			$name =~ s/%s/*$stands{$subject}*/ if $stands{$subject};
			[ $group, $name . ($window ? '\_*n*d' : ''), $sql{$type}, $family, plain($formula) ]
		} @list);
}

{
	my %sql = (int8 => 'bigint', float8 => 'float8');
	my @list = items('src/core/judging/metric_list.h', 'SPK_METRIC_ITEM', 4);

	$made{'sql/parts/metrics.sql'}{metrics} = sql_type('churn_metrics', 'how good churn scores are',
		map { [ $_->[1], $sql{ $_->[2] }, $_->[3] ] } @list);
	$made{'docs/metrics.md'}{metrics} = "\nThere are " . @list . ":\n\n" .
		grouped_tables([ 'column', 'type', 'formula', 'look at it when' ],
		map { [ $_->[0], "`$_->[1]`", $sql{ $_->[2] }, plain($_->[3]), plain($_->[4]) ] } @list);
}

# A number of the list as people write it
my %numbers = slurp('src/core/models/options.h') =~ /^#define (SPK_\w+)\s+\(?(-?[\d.]+)\)?/gm;

sub number
{
	my ($text) = @_;
	my ($sign, $name) = $text =~ /^(-?)(SPK_\w+)$/ or return $text;
	my $value = $numbers{$name} // die "$name is not in options.h\n";
	return $sign . ($value eq '9007199254740992.0' ? '2^53' : $value);
}

# An option's value as it is written in JSON: a word where it has one for the number
sub written
{
	my ($value, $takes) = @_;
	while ($takes =~ /\{"(\w+)", (\w+)\}/g)
	{
		return "`\"$1\"`" if $2 eq $value;
	}
	return 'none' if $takes =~ /\bNAMES\b/;
	return $takes =~ /\bBOOLEAN\b/ ? ($value ? 'true' : 'false') : number($value);
}

sub allowed
{
	my ($takes) = @_;
	my @allowed;
	push @allowed, ($1 eq 'WHOLE' ? 'whole, ' : '') . number($2) . ' to ' . number($3)
		if $takes =~ /(WHOLE|NUMBER)\((\S+), (\S+)\)/;
	push @allowed, $1 eq '1' ? 'the name of a column' : 'names of columns, see [models](models.md#constraints)'
		if $takes =~ /NAMES\((\w+)\)/;
	push @allowed, 'true', 'false' if $takes =~ /\bBOOLEAN\b/;
	push @allowed, map { "`\"$_\"`" } $takes =~ /\{"(\w+)"/g;
	return join ', ', @allowed;
}

# "5; decision_tree 1": the first algorithm's value, and those that differ from it
sub defaults
{
	my @uses = @_;
	my $first = $uses[0][1];
	my (%algorithms, @others);
	for (@uses)
	{
		push @others, $_->[1] unless $_->[1] eq $first || $algorithms{ $_->[1] };
		push @{ $algorithms{ $_->[1] } }, $_->[0];
	}
	return join '; ', $first, map { join(', ', @{ $algorithms{$_} }) . " $_" } @others;
}

my %default;    # algorithm => { option => value }
{
	my @rows;
	my @list = items('src/core/models/option_list.h', 'SPK_OPTION_ITEM', 5);
	for (@list)
	{
		my (undef, undef, $option, $takes, $uses, $text) = @$_;
		my @uses;
		push @uses, [ $1 eq 'BLEND' ? 'auto' : lc $1, written($2, $takes) ] while $uses =~ /FOR\((\w+), ([^)]+)\)/g;
		@uses or die "option_list.h: nobody uses $option\n";
		$default{ $_->[0] }{$option} = $_->[1] foreach @uses;
		push @rows, [ "`$option`", defaults(@uses), allowed($takes), \@uses, plain($text) ];
	}
	$_->[3] = @{ $_->[3] } == keys %default ? 'all' : join ', ', map { $_->[0] } @{ $_->[3] } foreach @rows;
	$made{'docs/reference.md'}{options} = "\n" . table([ 'option', 'default', 'allowed', 'of', '' ], @rows) . "\n";
}

# A file as a literal of C, line by line
{
	my $text = slurp('src/models/scorer.py');
	$text =~ s/(["\\])/\\$1/g;
	$text =~ s/^(.*)\n/\t"$1\\n"\n/gm;
	$made{'src/models/scorer_text.h'}{scorer} = $text =~ s/\n\z/;\n/r;
}

# The tables of options by algorithm in docs/models.md: people write them, but the
# defaults, where a row has any
sub fill_defaults
{
	my ($text) = @_;
	for my $algorithm (sort keys %default)
	{
		$text =~ s{(^## $algorithm\n)(.*?)(?=^## )}{$1 . fill_section($algorithm, $2)}ems
			or die "docs/models.md: no section $algorithm\n";
	}
	return $text;
}

sub fill_section
{
	my ($algorithm, $section) = @_;
	$section =~ s{^\| (`\w+`(?:, `\w+`)*) \| [^|\s][^|]* \|}
		{my $options = $1; "| $options | " . join(', ', map { $default{$algorithm}{$_} // die "$algorithm has no option $_\n" }
			$options =~ /`(\w+)`/g) . ' |'}gem;
	return $section;
}

# --- Into the files

my $stale = 0;
for my $path (sort keys %made, 'docs/models.md')
{
	my $old = slurp($path);
	my $new = $path eq 'docs/models.md' ? fill_defaults($old) : $old;
	for my $mark (sort keys %{ $made{$path} // {} })
	{
		my $comment = $path =~ /\.md$/ ? '<!--' : $path =~ /\.h$/ ? '/*' : '--';
		my ($begin, $end) = ("$comment $mark: begin", "$comment $mark: end");
		$new =~ s/(^\Q$begin\E[^\n]*\n).*?(^\Q$end\E)/$1$made{$path}{$mark}$2/ms
			or die "$path: no marks of $mark\n";
	}
	next if $new eq $old;
	if ($check)
	{
		print "$path is not what the lists make; run tools/generate.pl\n";
		$stale = 1;
		next;
	}
	open my $fh, '>', "$root/$path" or die "$path: $!\n";
	print $fh $new;
	close $fh or die "$path: $!\n";
}
exit $stale;
