#!/usr/bin/perl
#
# test/oracle/lib/funnel_attempts.pl SEED FIRST STEP QUESTIONS - questions FIRST, FIRST + STEP, ... below QUESTIONS of a
# seed to cx.funnel_attempts, each in several modes, against its definition spelled out over the search of Funnel.pm;
# funnel_attempts.sh calls it.
#
# A question is a function of (seed, number) alone.  The last line printed is "cases differences"; the lines before show
# differences.
#
# The attempts in a range of instants: the first begins in the first instant with a touch for step 1, and is the best
# chain that begins there.  If a chain that begins from there to its end has more steps (not in mode first), then the
# range is divided where the one with the most begins, the earliest of several, and the attempt is the best chain in the
# first part.  The next attempt is looked for behind the last touch of the one before.
# An attempt is pending if its chain, or one that begins within it, is open at as_of; not if its range was divided.
#
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Funnel;

die "usage: test/oracle/lib/funnel_attempts.pl SEED FIRST STEP QUESTIONS\n" unless @ARGV == 4;
my ($seed, $first_question, $question_step, $questions) = @ARGV;

# ---------------------------------------------------------------------------------------------------------------------
# The definition
# ---------------------------------------------------------------------------------------------------------------------

# Adds the attempts that begin in instants first .. end - 1 to found; whole says that the journey ends there.
sub attempts_in
{
	my ($instants, $first, $end, $whole, $steps, $modes, $as_of, $found) = @_;

	while ($first < $end)
	{
		my $range = [@{$instants}[$first .. $end - 1]];
		my ($start) = starts($range);
		return unless defined $start;

		my $own = search($range, $steps, $modes, [$start], $as_of);
		my $last = $own->{chain}[-1];
		my $open = $own->{open};
		my ($better, $most) = (undef, $own->{reached});
		for my $other ($modes->{first} || $most == $steps ? () : grep { $_ > $start && $_ <= $last } starts($range))
		{
			my $chain = search($range, $steps, $modes, [$other], $as_of);
			$open ||= $chain->{open};
			($better, $most) = ($other, $chain->{reached}) if $chain->{reached} > $most;
		}
		if (defined $better)
		{
			attempts_in($instants, $first, $first + $better, 0, $steps, $modes, $as_of, $found);
			$first += $better;
			next;
		}
		push @$found,
			{
			times => $own->{times},
			reached => $own->{reached},
			state => $own->{reached} == $steps ? 'completed' : $open && $whole ? 'pending' : 'dropped'
			};
		$first += $last + 1;
	}
}

# ---------------------------------------------------------------------------------------------------------------------
# The touches: can they fill the steps at the times of the chain, none left over?
# ---------------------------------------------------------------------------------------------------------------------

# Can each of the steps from first have a touch of its own?
sub can_assign
{
	my ($touches, $steps, $used) = @_;
	return 1 unless @$steps;
	my ($step, @rest) = @$steps;
	for my $t (0 .. $#$touches)
	{
		next if $used->{$t} || !fits($touches->[$t], $step);
		return 1 if can_assign($touches, \@rest, { %$used, $t => 1 });
	}
	return 0;
}

sub touches_fit
{
	my ($touches, $steps, $times, $once) = @_;
	my (%touches, %steps);
	push @{ $touches{ $_->[0] } }, $_ for @$touches;
	push @{ $steps{ $times->[$_] } }, $steps->[$_] for 0 .. $#$times;
	return 0 if join(' ', sort keys %touches) ne join(' ', sort keys %steps);

	for my $time (keys %steps)
	{
		my ($there, $wanted) = ($touches{$time}, $steps{$time});
		if ($once)
		{
			return 0 unless @$there == @$wanted && can_assign($there, $wanted, {});
			next;
		}
		for my $step (@$wanted)
		{
			return 0 unless grep { fits($_, $step) } @$there;
		}
		for my $touch (@$there)
		{
			return 0 unless grep { fits($touch, $_) } @$wanted;
		}
	}
	return 1;
}

# ---------------------------------------------------------------------------------------------------------------------
# Asking the server
# ---------------------------------------------------------------------------------------------------------------------

my (@cases, $cases, $differences);
($cases, $differences) = (0, 0);

sub add_case
{
	my ($question, $modes, $as_of) = @_;
	my @touches = grep { !defined $as_of || $_->[0] <= $as_of } @{ $question->{touches} };
	my $instants = instants({ %$question, touches => \@touches });
	my %modes = map { $_ => 1 } @$modes;
	my @found;

	attempts_in($instants, 0, scalar @$instants, 1, scalar @{ $question->{steps} }, \%modes, $as_of, \@found);
	my @all = @{ $question->{touches} };
	push @cases,
		{
		text => join("\t",
			array_text(map { time_text($_->[0]) } @all),
			array_text(map { $_->[1] } @all),
			array_text(map { $_->[2] } @all),
			array_text(map { $_->[3] } @all),
			array_text(@{ $question->{steps} }),
			window_text($question->{window}),
			array_text(@$modes),
			defined $as_of ? time_text($as_of) : '\N'),
		steps => $question->{steps},
		once => $modes{once},
		free => !$modes{first} && !$modes{strict_deduplication},
		found => \@found
		};
}

# What is wrong with an answer; undef if nothing is.
sub problem_of
{
	my ($case, $reached, $attempts) = @_;
	my $most = 0;
	my @found = @{ $case->{found} };

	return scalar(@$attempts) . " attempts, not " . scalar(@found) if @$attempts != @found;
	for my $number (1 .. @found)
	{
		my $expected = $found[$number - 1];
		my ($attempt, $started, $ended, $steps, $state, $rest, $touches) = split / /, $attempts->[$number - 1];
		my $wanted = "$number $expected->{times}[0] $expected->{times}[-1] $expected->{reached} $expected->{state}";
		my $got = "$attempt $started $ended $steps $state";
		my @touches = map { [map { $_ eq '' ? undef : $_ } split(/\|/, $_, -1)] } split /;/, $touches;

		return "got $got, expected $wanted" if $got ne $wanted;
		return "attempt $number has touches that are not the journey's" if $rest != 0;
		return "attempt $number has touches that do not fit: $touches"
			unless touches_fit(\@touches, $case->{steps}, $expected->{times}, $case->{once});
		$most = $steps if $steps > $most;
	}
	return "the most of an attempt is $most, cx.funnel $reached" if $case->{free} && $most != $reached;
	return undef;
}

# Asks all cases so far and compares.
sub ask
{
	my $place = ($ENV{TMPDIR} || '/tmp') . "/cx_funnel_attempts.$$";
	open(my $out, '>', "$place.cases") or die "$place.cases: $!\n";
	print $out "$_\t$cases[$_]{text}\n" for 0 .. $#cases;
	close $out or die "$place.cases: $!\n";
	open(my $script, '>', "$place.sql") or die "$place.sql: $!\n";
	print $script <<"SQL";
SET client_min_messages = warning;
SET statement_timeout = '10min';
SET jit = off;
CREATE FUNCTION pg_temp.micros(at timestamptz) RETURNS text LANGUAGE sql AS 'SELECT ((extract(epoch FROM at) * 1000000)::bigint)::text';
CREATE TEMP TABLE attempts_case (id int, at timestamptz[], touchpoints text[], channels text[], amounts float8[], steps text[], within interval, mode text[], as_of timestamptz);
\\copy attempts_case from '$place.cases'
-- rest: touches of the journey that are left without the attempt's, beyond those that there should be
SELECT id, cx.funnel(CASE WHEN as_of IS NULL THEN j ELSE cx.slice(j, NULL, as_of + interval '1 microsecond') END, steps, within, mode) || ',' ||
	coalesce((SELECT string_agg(concat_ws(' ', attempt, pg_temp.micros(started_at), pg_temp.micros(ended_at), reached, state,
			cx.touch_count(j OPERATOR(cx.-) touches) + cx.touch_count(touches) - cx.touch_count(j),
			(SELECT string_agg(concat(pg_temp.micros(t.at), '|', touchpoint, '|', channel, '|', value), ';' ORDER BY step) FROM cx.touches(touches) t)), ',' ORDER BY attempt)
		FROM cx.funnel_attempts(j, steps, within, mode, as_of)), '')
FROM (SELECT *, cx.journey(at, touchpoints, channels, amounts => amounts) AS j FROM attempts_case OFFSET 0) AS c ORDER BY id;
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
		my ($reached, @attempts) = split /,/, $got;
		my $problem = problem_of($cases[$id], $reached, \@attempts);
		$cases++;
		next unless $problem;
		print "$problem: $cases[$id]{text}\n" if $differences++ < 10;
	}
	@cases = ();
}

# More touches than one question has, so that there are several attempts.
sub longer_question
{
	my $question = random_question();
	my $touches = $question->{touches};
	my $gap = pick(0, 1, SECOND, HOUR, DAY);

	return $question if rand() < 0.3 || @$touches > 8 || !@$touches;
	my ($first, $last) = (sort { $a <=> $b } map { $_->[0] } @$touches)[0, -1];
	for my $touch (@$touches[0 .. int rand @$touches])
	{
		push @$touches, [$touch->[0] + ($last - $first) + $gap, @$touch[1 .. 3]];
	}
	return $question;
}

for (my $number = $first_question; $number < $questions; $number += $question_step)
{
	srand($seed * 1_000_003 + $number);
	my $question = longer_question();
	my @times = map { $_->[0] } @{ $question->{touches} };

	# all modes in turn, the default always
	for my $set (0, map { ($number * 7 + $_ * 5) % 32 } 1 .. 8)
	{
		my $as_of = @times && rand() < 0.7 ? pick(@times) + pick(0, 0, -1, 1, SECOND, 2 * HOUR, DAY, 40 * DAY) : undef;
		add_case($question, [modes_of($set)], $as_of);
	}
	ask() if @cases > 50_000;
}
ask();
printf "%d %d\n", $cases, $differences;
