#
# test/oracle/lib/Funnel.pm - questions to funnels, and a search that tries everything; funnel.pl and funnel_attempts.pl
# use it.
#
# A question is a journey, steps and a window.
#
# What the search looks for:
#
#   A chain is a sequence of touches, the first of which fits step 1, the second step 2 and so on, in order of time, the
#   last not after the end of the first one's window.  A touch may occur several times, and touches of one instant stand
#   in any order.  The answer is the length of the longest chain, and the times of the longest one whose times come
#   earliest, compared one after the other.
#   strict_increase: every touch later than the one before.  once: no touch occurs twice.  first: the first touch is of
#   the first instant that has a touch that fits step 1.
#   strict_order: every touch from the chain's first to its last is one of its touches or fits a step that the chain has
#   filled when that touch comes; which of the first touch's instant come before it is free.
#   strict_deduplication: the journey ends with the first instant with a touch that fits a step, other than step 1, that
#   was reached in an earlier instant, or with two touches that fit the same step, other than step 1, reached by then.
#
#   Why: "completed" if all steps are reached; else "interrupted" if strict_deduplication ended the journey, or a longest
#   chain met a touch within its window that strict_order does not allow; else "window_over" if a touch after the window
#   of a longest chain, one that met none such, fits the next step; else "no_event".
#
#   Open at a time, before which all touches are: a chain, not interrupted, whose window ends later, could go on to more
#   steps than were reached.  With strict_deduplication a step may not be reached a second time, so with strict_increase,
#   where each instant is good for one step, only a longest chain can.
#
package Funnel;
use strict;
use warnings;
use Exporter qw(import);
use Time::Local qw(timegm);

use constant { SECOND => 1_000_000, HOUR => 3_600_000_000, DAY => 86_400_000_000 };
our @EXPORT = qw(SECOND HOUR DAY pick fits random_question instants starts search time_text array_text window_text modes_of);

# ---------------------------------------------------------------------------------------------------------------------
# Selectors: what they mean for a touch [time, touchpoint, channel, value]
# ---------------------------------------------------------------------------------------------------------------------

my %plain = map { my $name = $_; ($name => sub { $_[0][1] eq $name }) } qw(a b c d);
my %rich = (
	'*' => sub { 1 },
	'a | b' => sub { $_[0][1] =~ /^[ab]$/ },
	'b | c | d' => sub { $_[0][1] =~ /^[bcd]$/ },
	'!a' => sub { $_[0][1] ne 'a' },
	'!(b | c)' => sub { $_[0][1] !~ /^[bc]$/ },
	'a@x' => sub { $_[0][1] eq 'a' && ($_[0][2] // '') eq 'x' },
	'@y' => sub { ($_[0][2] // '') eq 'y' },
	'e.*' => sub { $_[0][1] eq 'e.f' },
	'**.f | a' => sub { $_[0][1] =~ /^(e\.f|a)$/ },
	'a[value >= 2]' => sub { $_[0][1] eq 'a' && defined $_[0][3] && $_[0][3] >= 2 },
	'b[value < 2] | c' => sub { $_[0][1] eq 'c' || ($_[0][1] eq 'b' && defined $_[0][3] && $_[0][3] < 2) },
	'![value = 1]' => sub { !defined $_[0][3] || $_[0][3] != 1 },
);

sub fits
{
	my ($touch, $selector) = @_;
	my $test = $plain{$selector} // $rich{$selector};
	return $test ? $test->($touch) : $touch->[1] eq $selector;
}

# ---------------------------------------------------------------------------------------------------------------------
# Questions
# ---------------------------------------------------------------------------------------------------------------------

sub pick { return $_[ int rand @_ ] }

# Touches at few different times, with few different labels.
sub random_touches
{
	my ($base, $unit, $span, @labels) = @_;
	my $rich = rand() < 0.5;

	return map {
		[
			$base + $unit * int(rand($span + 1)) + (rand() < 0.03 ? 1 : 0),
			pick(@labels),
			$rich ? pick(undef, 'x', 'y') : undef,
			$rich ? pick(undef, 1, 2) : undef
		]
	} 1 .. int rand 9;
}

# A window, [months, days, microseconds], or undef; often exactly the time between two touches.
sub random_window
{
	my ($unit, $span) = @_;
	my $dice = rand;

	return undef if $dice < 0.2;
	return [0, 1 + int rand $span, 0] if $unit == DAY && $dice < 0.7;
	my $window = $unit * int(rand($span + 1)) + (rand() < 0.1 ? pick(-1, 1) : 0);
	return [0, 0, $window < 0 ? 0 : $window];
}

# One touch a step, some of them at one instant, then one changed: more than 64 steps in every mode.
sub long_question
{
	my $count = 60 + int rand 15;
	my $time = 1_767_225_600 * SECOND;
	my (@touches, @steps);

	for my $i (1 .. $count)
	{
		$time += SECOND if $i % 4 == 0 || rand() < 0.6;
		push @steps, "s$i";
		push @touches, [$time, "s$i", undef, undef];
	}
	my $at = rand() < 0.5 ? int rand @touches : @touches - 1 - int rand 8;
	my $dice = rand;
	splice @touches, $at, 1 if $dice < 0.3;
	$touches[$at] = [$touches[$at][0], "s" . (1 + int rand $count), undef, undef] if $dice >= 0.3 && $dice < 0.6;
	push @touches, [$touches[$at][0] + SECOND, "other", undef, undef] if $dice >= 0.6 && $dice < 0.8;
	my $window = rand() < 0.5 ? undef : [0, 0, $touches[-1][0] - $touches[0][0] - SECOND * int rand 3];
	$window = undef if $window && $window->[2] < 0;
	return { touches => \@touches, steps => \@steps, window => $window };
}

# The last days of January and February: a month from 30 January 18:00 ends after one from 31 January 6:00.
sub month_question
{
	my $january = timegm(0, 0, 0, 30, 0, 126) * SECOND;
	my @labels = @{ pick([qw(a b)], [qw(a b c)]) };

	return {
		touches => [
			(map { [$january + 6 * HOUR * int rand 8, rand() < 0.7 ? 'a' : pick(@labels), undef, undef] } 1 .. 2 + int rand 3),
			(map { [$january + 28 * DAY + 3 * HOUR * int rand 16, pick(@labels), undef, undef] } 1 .. 1 + int rand 4)
		],
		steps => ['a', map { pick(@labels) } 1 .. 1 + int rand 3],
		window => [1, pick(0, 0, 0, 1), 0]
	};
}

sub random_question
{
	my $dice = rand;

	return long_question() if $dice < 0.004;
	return month_question() if $dice < 0.05;
	my $unit = pick(1, SECOND, SECOND, HOUR, DAY);
	my $span = pick(0, 1, 2, 3, 4, 6);
	my @labels = @{ pick(['a'], [qw(a b)], [qw(a b c)], [qw(a b c)], [qw(a b c d)], [qw(a b c d e.f)], [qw(a a a b c)]) };
	my @selectors = rand() < 0.4 ? grep { $plain{$_} } @labels : (sort(keys %plain), map { pick(sort keys %rich) } 1 .. 5);
	my $length = $dice < 0.07 ? 60 + int rand 12 : 1 + int rand 5;
	my @touches = random_touches(timegm(0, 0, 0, 29, 0, 126) * SECOND, $unit, $span, @labels);

	return {
		touches => \@touches,
		steps => [map { pick(@selectors) } 1 .. $length],
		window => random_window($unit, $span)
	};
}

# ---------------------------------------------------------------------------------------------------------------------
# The search
# ---------------------------------------------------------------------------------------------------------------------

# The end of a window that begins at a time; months go by the calendar, to the month's last day if need be.
sub window_end
{
	my ($start, $window) = @_;
	return 9e18 unless $window;
	my ($months, $days, $rest) = @$window;

	if ($months)
	{
		my $micros = $start % DAY;
		my ($day, $month, $year) = (gmtime(int(($start - $micros) / SECOND)))[3, 4, 5];
		$month += $months;
		$year += int($month / 12);
		$month %= 12;
		my $leap = ($year % 4 == 0 && $year % 100 != 0) || ($year + 1900) % 400 == 0;
		my $last = (31, $leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[$month];
		$start = timegm(0, 0, 0, $day > $last ? $last : $day, $month, $year) * SECOND + $micros;
	}
	return $start + $days * DAY + $rest;
}

# The instants of a question: time, end of a window from there, by touch the steps that it fits.
sub instants
{
	my ($question) = @_;
	my (@instants, %known);

	for my $touch (sort { $a->[0] <=> $b->[0] } @{ $question->{touches} })
	{
		push @instants, { at => $touch->[0], end => window_end($touch->[0], $question->{window}), touches => [] }
			unless @instants && $instants[-1]{at} == $touch->[0];
		push @{ $instants[-1]{touches} },
			$known{ join ',', map { $_ // '' } @$touch[1 .. 3] } //= [map { fits($touch, $_) ? 1 : 0 } @{ $question->{steps} }];
	}
	return \@instants;
}

# The instants with a touch for step 1.
sub starts
{
	my ($instants) = @_;
	return grep { grep { $_->[0] } @{ $instants->[$_]{touches} } } 0 .. $#$instants;
}

# Does any touch after a time fit a step?
sub comes_after
{
	my ($instants, $time, $step) = @_;
	for my $instant (@$instants)
	{
		next if $instant->{at} <= $time;
		return 1 if grep { $_->[$step] } @{ $instant->{touches} };
	}
	return 0;
}

# Chains that begin in an instant, touches in between do not matter.  Adds to reached, by instant, the most steps reached
# there; returns by number of steps the earliest chain: the numbers of its instants, two bytes each.
sub search_free
{
	my ($instants, $steps, $modes, $start, $reached) = @_;
	my $end = $instants->[$start]{end};
	my (@earliest, %earliest, @open);

	# in order of the number of steps, so that a state's earliest chain is known when it goes on
	my $add = sub {
		my ($level, $i, $used, $chain) = @_;
		my $state = "$level $i $used";
		$chain .= pack 'n', $i;
		$earliest[$level] = $chain if !$earliest[$level] || $chain lt $earliest[$level];
		$reached->[$i] = $level if $level > $reached->[$i];
		push @open, [$level, $i, $used, $state] if $level < $steps && !exists $earliest{$state};
		$earliest{$state} = $chain if !exists $earliest{$state} || $chain lt $earliest{$state};
	};
	my $first = $instants->[$start]{touches};
	for my $t (0 .. $#$first)
	{
		$add->(1, $start, $modes->{once} ? 1 << $t : 0, '') if $first->[$t][0];
	}
	while (my $next = shift @open)
	{
		my ($level, $now, $used, $state) = @$next;
		for (my $i = $now + ($modes->{strict_increase} ? 1 : 0); $i < @$instants && $instants->[$i]{at} <= $end; $i++)
		{
			my $touches = $instants->[$i]{touches};
			my $before = $i == $now ? $used : 0;
			for my $t (0 .. $#$touches)
			{
				next unless $touches->[$t][$level];
				next if $modes->{once} && $before >> $t & 1;
				$add->($level + 1, $i, $modes->{once} ? $before | 1 << $t : 0, $earliest{$state});
			}
		}
	}
	return \@earliest;
}

# The same for strict_order: every touch is taken in some order.  Also returns the numbers of steps with which a chain was
# interrupted, and with which it was not until its window or the journey was over.
sub search_strict
{
	my ($instants, $steps, $modes, $start, $reached) = @_;
	my $end = $instants->[$start]{end};
	my (@earliest, @states, %interrupted, %survived);

	# done: touches of the instant that have been taken; moved: the chain has got a step in this instant
	my $add = sub {
		my ($level, $i, $done, $moved, $chain) = @_;
		$earliest[$level] = $chain if !$earliest[$level] || $chain lt $earliest[$level];
		$reached->[$i] = $level if $level > $reached->[$i];
		my $known = \$states[$i][$level][$done][$moved];
		$$known = $chain if !defined $$known || $chain lt $$known;
	};
	my $leave = sub {
		my ($level, $i, $done, $moved, $chain) = @_;
		my $touches = $instants->[$i]{touches};

		for my $t (0 .. $#$touches)
		{
			my $is_new = !($done >> $t & 1);
			if (   $level < $steps
				&& $touches->[$t][$level]
				&& !($modes->{strict_increase} && $moved)
				&& !($modes->{once} && !$is_new))
			{
				$add->($level + 1, $i, $done | 1 << $t, 1, $chain . pack 'n', $i);
			}
			elsif ($is_new && !grep { $_ } @{ $touches->[$t] }[0 .. $level - 1])
			{
				$interrupted{$level} = 1 if $i != $start;
				next;
			}
			$add->($level, $i, $done | 1 << $t, $moved, $chain) if $is_new && grep { $_ } @{ $touches->[$t] }[0 .. $level - 1];
		}
		# in the first instant the others may have come before
		return unless $i == $start || $done == (1 << @$touches) - 1;
		if ($i + 1 < @$instants && $instants->[$i + 1]{at} <= $end)
		{
			$add->($level, $i + 1, 0, 0, $chain);
		}
		else
		{
			$survived{$level} = 1;
		}
	};
	my $first = $instants->[$start]{touches};
	for my $t (0 .. $#$first)
	{
		$add->(1, $start, 1 << $t, 1, pack 'n', $start) if $first->[$t][0];
	}
	# by instant, steps and touches taken: so that a state's earliest chain is known when it goes on
	for (my $i = $start; $i < @states; $i++)
	{
		for (my $level = 1; $level < @{ $states[$i] // [] }; $level++)
		{
			for (my $done = 0; $done < @{ $states[$i][$level] // [] }; $done++)
			{
				for my $moved (0, 1)
				{
					my $chain = $states[$i][$level][$done] && $states[$i][$level][$done][$moved];
					$leave->($level, $i, $done, $moved, $chain) if defined $chain;
				}
			}
		}
	}
	return (\@earliest, \%interrupted, \%survived);
}

# The answer to a question in some modes, about chains that begin in some of its instants (default: any that the modes
# allow): steps reached, why not more, the times of the steps; with as_of whether more could come.
sub search
{
	my ($instants, $steps, $modes, $starts, $as_of) = @_;
	my @reached = (0) x @$instants;
	my @starts = $starts ? @$starts : starts($instants);
	my $search = $modes->{strict_order} ? \&search_strict : \&search_free;
	my (@found, $cut);

	@starts = $starts[0] if $modes->{first} && @starts > 1;
	@found = map { [$_, $search->($instants, $steps, $modes, $_, \@reached)] } @starts;

	my $best = 0;
	for my $i (0 .. $#$instants)
	{
		my $before = $best;
		$best = $reached[$i] if $reached[$i] > $best;
		next unless $modes->{strict_deduplication};
		for my $step (1 .. $best - 1)
		{
			my $count = grep { $_->[$step] } @{ $instants->[$i]{touches} };
			$cut = $i + 1 if $count > 1 || ($count == 1 && $step < $before);
		}
		last if $cut;
	}

	my $all = \@found;
	if ($cut && $cut < @$instants)
	{
		my $kept = [@{$instants}[0 .. $cut - 1]];
		my @ignored = (0) x $cut;
		$all = [map { [$_, $search->($kept, $steps, $modes, $_, \@ignored)] } grep { $_ < $cut } @starts];
	}
	my ($chain) = sort grep { defined } map { $_->[1][$best] } @$all;
	my $result = {
		reached => $best,
		chain => [unpack 'n*', $chain // ''],
		times => [map { $instants->[$_]{at} } unpack 'n*', $chain // ''],
		why => why($instants, $steps, $best, $cut, \@found)
	};
	$result->{open} = is_open($instants, $modes, $best, \@found, $as_of)
		if defined $as_of && !$cut && $best > 0 && $best < $steps;
	return $result;
}

sub why
{
	my ($instants, $steps, $best, $cut, $found) = @_;

	return 'completed' if $best == $steps;
	return 'interrupted' if $cut || grep { $_->[2]{$best} } @$found;
	for my $start (@$found)
	{
		my ($i, $earliest, undef, $survived) = @$start;
		return 'window_over'
			if $#$earliest == $best
			&& (!$survived || $survived->{$best})
			&& comes_after($instants, $instants->[$i]{end}, $best);
	}
	return 'no_event';
}

sub is_open
{
	my ($instants, $modes, $best, $found, $as_of) = @_;
	my $only_longest = $modes->{strict_increase} && $modes->{strict_deduplication};

	for my $start (@$found)
	{
		my ($i, $earliest, undef, $survived) = @$start;
		next unless $instants->[$i]{end} > $as_of;
		my @levels = $survived ? keys %$survived : (1 .. $#$earliest);
		return 1 if grep { !$only_longest || $_ == $best } @levels;
	}
	return 0;
}

# ---------------------------------------------------------------------------------------------------------------------
# Asking the server
# ---------------------------------------------------------------------------------------------------------------------

sub time_text
{
	my ($micros) = @_;
	my $rest = $micros % SECOND;
	my ($s, $m, $h, $day, $month, $year) = gmtime(($micros - $rest) / SECOND);
	return sprintf '%04d-%02d-%02d %02d:%02d:%02d.%06d+00', $year + 1900, $month + 1, $day, $h, $m, $s, $rest;
}

# An array for COPY; its elements hold no quotes and no backslashes.
sub array_text
{
	return '{' . join(',', map { defined $_ ? qq("$_") : 'NULL' } @_) . '}';
}

sub window_text
{
	my ($window) = @_;
	return $window ? "$window->[0] months $window->[1] days $window->[2] microseconds" : '\N';
}

# The modes of a number below 32: a bit each.
sub modes_of
{
	my ($set) = @_;
	my @names = qw(strict_increase once strict_order strict_deduplication first);
	return map { $set >> $_ & 1 ? $names[$_] : () } 0 .. $#names;
}

1;
