#!/usr/bin/perl
# Makes, from src/core/profiles/feature_list.h, the SQL type churn_features with its
# comments and the table of docs/features.md; with --check only tells whether
# they are up to date.
use strict;
use warnings FATAL => 'all';
use FindBin;

my $root  = "$FindBin::Bin/..";
my $check = @ARGV && $ARGV[0] eq '--check';
my %sql   = (int4 => 'integer', int8 => 'bigint', float8 => 'float8');

sub slurp
{
	my ($path) = @_;
	open my $fh, '<', $path or die "$path: $!";
	local $/;
	return scalar <$fh>;
}

# COMMENT ON, in lines of a hundred columns: literals on lines of their own are one.
sub sql_comment
{
	my ($object, $text) = @_;
	$text =~ s/'/''/g;
	my $line = "COMMENT ON $object IS '$text';\n";
	return $line if length $line <= 101;
	my @lines = ('');
	for my $word (split /(?<= )/, $text)
	{
		push @lines, '' if length($lines[-1]) + length($word) > 93;
		$lines[-1] .= $word;
	}
	return "COMMENT ON $object IS\n" . join("\n", map { "\t'$_'" } @lines) . ";\n";
}

my (@features, $group);
my $list = slurp("$root/src/core/profiles/feature_list.h");
$list =~ s{^/\*.*?\*/}{}s;    # the head comment
while ($list =~ m{/\* (.*?) \*/|SPK_FEATURE_ITEM\((\w+), (\w+),.*?"([^"]*)"\)}gs)
{
	if (defined $1) { $group = $1; next; }
	push @features, { name => $2, type => $sql{$3}, formula => $4, group => $group };
}
die "no features found" unless @features;

my $type = "CREATE TYPE churn_features AS (\n"
  . join(",\n", map { "\t$_->{name} $_->{type}" } @features)
  . "\n);\n";
$type .= "COMMENT ON TYPE churn_features IS 'the feature columns of one user';\n";
$type .= sql_comment("COLUMN churn_features.$_->{name}", $_->{formula}) for @features;

my ($table, $last) = ('', '');
for (@features)
{
	if ($_->{group} ne $last)
	{
		$last = $_->{group};
		$table .= "\n### $last\n\n| column | type | formula |\n|---|---|---|\n";
	}
	(my $formula = $_->{formula}) =~ s/([*_])/\\$1/g;
	$table .= "| `$_->{name}` | $_->{type} | $formula |\n";
}
$table .= "\n";

my $stale = 0;
for ([ 'sql/parts/features.sql', '-- features: begin', '-- features: end', $type ],
	[ 'docs/features.md', '<!-- features: begin -->', '<!-- features: end -->', $table ])
{
	my ($path, $begin, $end, $text) = @$_;
	my $old = slurp("$root/$path");
	my $new = $old;
	$new =~ s/(\Q$begin\E[^\n]*\n).*?(\Q$end\E)/$1$text$2/s or die "$path: no marks";
	next if $new eq $old;
	if ($check)
	{
		print "$path is not what src/core/profiles/feature_list.h makes; run test/features.pl\n";
		$stale = 1;
		next;
	}
	open my $fh, '>', "$root/$path" or die "$path: $!";
	print $fh $new;
	close $fh;
}
exit $stale;
