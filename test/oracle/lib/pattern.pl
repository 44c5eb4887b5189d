#!/usr/bin/perl
#
# pattern.pl pairs|selectors SEED COUNT - random questions with the answers of a naive matcher, for COPY.
#
#   pairs      id, journey, pattern, matches, as_of, state
#   selectors  id, touches, journey, a, fits_a, b, fits_b
#
# The matcher is the definition, written down: it makes every match, as a set of touches, and picks afterwards.  It reads
# no pattern: it makes trees, works on these, and prints them in one of many spellings.  A touch's ref is its place in the
# canonical order, from 0; "matches" is the refs of each match ("0,2;5,6"), "fits" those of the touches that fit.
# Every case is a function of the seed and its number.
#
use strict;
use warnings;
use integer;    # times are microseconds
use FindBin;
use lib $FindBin::Bin;
use Oracle::Journey;
use Oracle::Selector;
use Oracle::Pattern;
use Oracle::Matcher;

my ($mode, $seed, $count) = @ARGV;
die "usage: pattern.pl pairs|selectors SEED COUNT\n" unless ($mode // '') =~ /^(pairs|selectors)$/ && defined $count;

sub row
{
	my @fields = @_;
	for (@fields) { s/\\/\\\\/g; s/\t/\\t/g; s/\n/\\n/g }
	return join("\t", @fields) . "\n";
}

sub pair_rows
{
	my $number = shift;
	my $pattern = make_pattern();
	my $text = pattern_text($pattern);
	my $out = '';
	for my $k (0 .. 4)
	{
		my $journey = make_journey();
		set_journey($journey);
		my $times = @$journey ? pick(@$journey)->[0] : 0;
		my $as_of = chance(0.3) && @$journey ? $journey->[-1][0] : $times;
		$as_of += pick(0, 0, 1, -1, pick(@durations), pick(@durations) - 1);
		# where a negative end becomes decided
		$as_of = $times + $pattern->{denied}[0]{most} + pick(-1, 0, 0, 1) if $pattern->{denied} && defined $pattern->{denied}[0]{most} && chance(0.6);
		$out .= row($number * 5 + $k, journey_text($journey), $text, matches_text($pattern), time_text($as_of),
			state_text($pattern, $as_of));
	}
	return $out;
}

sub selector_rows
{
	my $number = shift;
	my $journey = make_journey();
	my @out;
	set_journey($journey);
	for (1 .. 2)
	{
		my $selector = make_selector();
		my $fits = fitting($selector);
		push @out, selector_text($selector), '{' . join(',', grep { $fits >> $_ & 1 } 0 .. $#$journey) . '}';
	}
	return row($number, scalar @$journey, journey_text($journey), @out);
}

# One worker a processor; files, because COPY reads one after the other.
my $workers = `getconf _NPROCESSORS_ONLN 2>/dev/null` || 1;
my $cases = $mode eq 'pairs' ? ($count + 4) / 5 : $count;
my @files;
for my $worker (0 .. $workers - 1)
{
	open(my $file, '+>', undef) or die "temporary file: $!\n";
	push @files, [ $file, fork() // die "fork: $!\n" ];
	next if $files[-1][1];
	for my $number ($worker * $cases / $workers .. ($worker + 1) * $cases / $workers - 1)
	{
		srand(($seed * 1_000_003 + $number * 2 + ($mode eq 'pairs')) & 0x7fffffff);
		print $file $mode eq 'pairs' ? pair_rows($number) : selector_rows($number);
	}
	close $file or die "temporary file: $!\n";
	exit 0;
}
my $failed = 0;
for (@files)
{
	my ($file, $pid) = @$_;
	waitpid($pid, 0);
	$failed ||= $?;
	seek($file, 0, 0);
	print while <$file>;
}
exit($failed ? 1 : 0);
