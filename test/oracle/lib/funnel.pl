#!/usr/bin/perl
#
# test/oracle/lib/funnel.pl SEED FIRST STEP QUESTIONS - questions FIRST, FIRST + STEP, ... below QUESTIONS of a seed to
# cx.funnel, cx.funnel_stop and cx.funnel_times, each in several modes, against a search that tries everything
# (Funnel.pm); funnel.sh calls it.
#
# A question is a function of (seed, number) alone.  The last line printed is "cases differences"; the lines before show
# differences.
#
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Funnel;

die "usage: test/oracle/lib/funnel.pl SEED FIRST STEP QUESTIONS\n" unless @ARGV == 4;
my ($seed, $first_question, $question_step, $questions) = @ARGV;

# Touches from "a@0 b@30": touchpoint and minute.
sub minutes
{
	return [map { [1_767_225_600 * SECOND + $2 * 60 * SECOND, $1, undef, undef] if /^(.*)@(.*)$/ } split ' ', shift];
}

my @fixed = (
	['a@0 a@30 b@45 c@75', [qw(a b c)], 60, '', 3, 'completed'],
	['a@0 a@30 b@45 c@75', [qw(a b c)], 60, 'first', 2, 'window_over'],
	['a@0 b@60', [qw(a b)], 60, '', 2, 'completed'],
	['a@0 b@61', [qw(a b)], 60, '', 1, 'window_over'],
	['a@0 b@61', [qw(a b)], 60, 'strict_order', 1, 'window_over'],
	['a@0 a@1 b@1', [qw(a b)], undef, 'strict_increase', 2, 'completed'],
	['a@1 b@1', [qw(a b)], undef, 'strict_increase', 1, 'no_event'],
	['a@0 b@1 a@2 c@3', [qw(a b c)], undef, 'strict_order', 3, 'completed'],
	['a@0 d@1 b@2', [qw(a b)], undef, 'strict_order', 1, 'interrupted'],
	['a@0 c@1 b@2 c@3', [qw(a b c)], undef, 'strict_order', 1, 'interrupted'],
	['a@0 b@1 b@2 c@3', [qw(a b c)], undef, 'strict_deduplication', 2, 'interrupted'],
	['a@0 a@1 b@2 a@3 c@4', [qw(a b c)], undef, 'strict_deduplication', 3, 'completed'],
	['a@0', ['a', '*', '*'], undef, '', 3, 'completed'],
	['a@0', ['a', '*', '*'], undef, 'once', 1, 'no_event'],
	['b@0 a@0', [qw(a b)], undef, 'once', 2, 'completed'],
	['d@0', [qw(a b)], undef, '', 0, 'no_event'],
	['', [qw(a b)], undef, '', 0, 'no_event'],
);

my (@cases, $cases, $differences);

sub add_case
{
	my ($question, $modes, $answer) = @_;
	my @touches = @{ $question->{touches} };
	push @cases,
		{
		text => join("\t",
			array_text(map { time_text($_->[0]) } @touches),
			array_text(map { $_->[1] } @touches),
			array_text(map { $_->[2] } @touches),
			array_text(map { $_->[3] } @touches),
			array_text(@{ $question->{steps} }),
			window_text($question->{window}),
			array_text(@$modes)),
		expected => "$answer->{reached} $answer->{why} @{ $answer->{times} }"
		};
}

# Asks all cases so far and compares.
sub ask
{
	my $place = ($ENV{TMPDIR} || '/tmp') . "/cx_funnel.$$";
	open(my $out, '>', "$place.cases") or die "$place.cases: $!\n";
	print $out "$_\t$cases[$_]{text}\n" for 0 .. $#cases;
	close $out or die "$place.cases: $!\n";
	open(my $script, '>', "$place.sql") or die "$place.sql: $!\n";
	print $script <<"SQL";
SET client_min_messages = warning;
SET statement_timeout = '10min';
SET jit = off;
CREATE TEMP TABLE funnel_case (id int, at timestamptz[], touchpoints text[], channels text[], amounts float8[], steps text[], within interval, mode text[]);
\\copy funnel_case from '$place.cases'
SELECT id, cx.funnel(j, steps, within, mode), cx.funnel_stop(j, steps, within, mode),
	array_to_string(ARRAY(SELECT (extract(epoch FROM t) * 1000000)::bigint FROM unnest(cx.funnel_times(j, steps, within, mode)) t), ' ')
FROM (SELECT *, cx.journey(at, touchpoints, channels, amounts => amounts) AS j FROM funnel_case OFFSET 0) AS c ORDER BY id;
SQL
	close $script;
	my @answers = qx{psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -f "$place.sql"};
	my $status = $?;
	unlink "$place.cases", "$place.sql";
	die "psql failed\n" if $status || @answers != @cases;

	for my $answer (@answers)
	{
		chomp $answer;
		my ($id, $got) = split / /, $answer, 2;
		$cases++;
		next if $got eq $cases[$id]{expected};
		print "got $got, expected $cases[$id]{expected}: $cases[$id]{text}\n" if $differences++ < 10;
	}
	@cases = ();
}

($cases, $differences) = (0, 0);
if ($first_question == 0)
{
	for my $case (@fixed)
	{
		my ($touches, $steps, $minutes, $modes, $reached, $why) = @$case;
		my $question = { touches => minutes($touches), steps => $steps, window => defined $minutes ? [0, 0, $minutes * 60 * SECOND] : undef };
		my $found = search(instants($question), scalar @$steps, { map { $_ => 1 } split ' ', $modes });
		if ("$found->{reached} $found->{why}" ne "$reached $why")
		{
			print "the search finds $found->{reached} $found->{why}, not $reached $why: $touches, @$steps, $modes\n";
			$differences++;
		}
		add_case($question, [split ' ', $modes], $found);
	}
}
for (my $number = $first_question; $number < $questions; $number += $question_step)
{
	srand($seed * 1_000_003 + $number);
	my $question = random_question();
	my $instants = instants($question);

	# all modes in turn, the default always
	for my $set (0, map { ($number * 7 + $_ * 5) % 32 } 1 .. 8)
	{
		my @modes = modes_of($set);
		add_case($question, \@modes, search($instants, scalar @{ $question->{steps} }, { map { $_ => 1 } @modes }));
	}
	ask() if @cases > 50_000;
}
ask();
printf "%d %d\n", $cases, $differences;
