#!/usr/bin/env bash
#
# check_floors.sh
#	  Each folder of src uses its own headers and those of the floors below.
#
# The floors are listed here from below; folders of one floor do not know each
# other.  Includes are held to that, and so is what object files call, since a
# header may declare what another floor defines.
#
set -euo pipefail
cd "$(dirname "$0")/.."

floors='core/base
core/events core/models core/drawing
core/profiles core/rows
core/trees core/linear
core/scoring
core/judging core/simulation
core/learners
json
host
events profiles models shards
rows
training scoring
judging
report'

# Headers that the core may include besides its own: C's, and the processor's.
libc='assert ctype errno float inttypes limits math stdarg stdbool stddef stdint stdio stdlib string
arm_neon emmintrin immintrin'

perl -we '
	use strict;
	my ($floors, $libc) = @ARGV;
	my (%level, %includes, @bad, $n_includes, $n_calls);
	my $n_up = 0;
	my %libc = map { ("$_.h" => 1) } split " ", $libc;

	# "upward", unless folder $from may use what folder $to has
	sub upward
	{
		my ($from, $to) = @_;

		return "" if $from eq $to || $level{$from} > $level{$to};
		$n_up++;
		return $level{$from} == $level{$to} ? "sideways" : "upward";
	}

	my $n = 0;
	for my $floor (split /\n/, $floors)
	{
		$level{$_} = $n for split " ", $floor;
		$n++;
	}
	$level{"."} = $n++;    # compat.h and sparkify.c

	for my $file (sort split /\n/, `find src -name "*.[ch]"`)
	{
		my ($folder) = $file =~ m{^src/(?:(.+)/)?[^/]+$};
		$folder //= ".";
		if (!defined $level{$folder})
		{
			push @bad, "$file: the folder stands on no floor";
			next;
		}
		open my $source, "<", $file or die "$file: $!";
		while (<$source>)
		{
			my ($kind, $name) = /^\s*#\s*include\s+([<"])([^>"]+)/ or next;
			if ($kind eq "\"" && -e "src/$name")
			{
				my ($to) = $name =~ m{^(.+)/};
				$n_includes++;
				# compat.h hides differences of PostgreSQL from all that know it
				next if $name eq "compat.h" && $folder !~ m{^(core/|json$)};
				my $way = upward($folder, $to // ".");
				push @bad, "$file:$.: includes $name, $way" if $way;
				$includes{$folder}{$to}++ if defined $to && $to ne $folder;
			}
			elsif ($kind eq "\"" && -e "src/$folder/$name")
			{
				push @bad, "$file:$.: includes $name, which is not named from src on";
			}
			elsif ($folder =~ m{^(core/|json$)})
			{
				my $known = $kind eq "<" && ($libc{$name} || $folder eq "json" && $name =~ m{^json-c/});
				push @bad, "$file:$.: includes $name, which is not of the C library" unless $known;
			}
		}
	}

	# who calls whom, by the objects of a build
	my (%home, %wanted);
	for (split /\n/, `find src -name "*.o" | xargs nm -A -P`)
	{
		my ($object, $name, $type) = /^(\S+): (\S+) (\S)/ or next;
		my ($folder) = $object =~ m{^src/(?:(.+)/)?[^/]+$};
		$home{$name} = $folder // "." if $type =~ /[TDBRVC]/;
		push @{$wanted{$name}}, $object if $type eq "U";
	}
	# the table of algorithms is read on all floors, and names functions of most
	delete $home{spk_learners};
	for my $name (sort keys %wanted)
	{
		next unless defined $home{$name};
		for my $object (@{$wanted{$name}})
		{
			my ($folder) = $object =~ m{^src/(?:(.+)/)?[^/]+$};
			$n_calls++;
			my $way = upward($folder // ".", $home{$name});
			push @bad, "$object: calls $name of $home{$name}, $way" if $way;
		}
	}
	push @bad, "there are no object files to look at: build first" unless $n_calls;

	print "Floors, from above, and what each folder includes from below:\n";
	for my $floor (reverse 0 .. $n - 2)
	{
		for my $folder (sort grep { $level{$_} == $floor } keys %level)
		{
			printf "  %2d  %-15s %s\n", $floor, $folder,
				join(", ", sort { $level{$b} <=> $level{$a} || $a cmp $b } keys %{$includes{$folder}});
		}
	}
	printf "%d includes, %d calls between objects; upward or sideways: %d\n", $n_includes, $n_calls // 0, $n_up;
	print map { "$_\n" } @bad;
	exit(@bad ? 1 : 0);
' "$floors" "$libc"
