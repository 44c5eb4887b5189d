#
# The matcher: it makes every match, as a set of touches, and picks afterwards.
#
# What matched so far is a set of touches, as bits.  A part of the pattern maps the sets behind which it may stand to those
# in which it has matched too, taking at least one touch; that it may be absent is known of itself.  link is what leads
# into the part, undef at the start of the pattern.
#
# With as_of, touches after as_of may come of which nothing is known but that they fit: {to_come} has, by set of known
# touches, the earliest time at which the last of those can be.
#
package Oracle::Matcher;

use strict;
use warnings;
use integer;    # times are microseconds
no warnings 'recursion';
use Oracle::Pattern;
use Oracle::Selector;
use Exporter qw(import);

our @EXPORT = qw(set_journey fitting matches_text state_text);

my (@journey, $last_touch, $known, $as_of, %fits, %links, @highest);
$highest[0] = -1;
for my $set (1 .. 511) { my $bit = 8; $bit-- until $set >> $bit & 1; $highest[$set] = $bit }

# The touches that fit a selector, as bits.
sub fitting
{
	my $selector = shift;
	return $fits{$selector} //= do
	{
		my $set = 0;
		for (0 .. $#journey) { $set |= 1 << $_ if selector_fits($selector, $journey[$_]) }
		$set;
	};
}

sub excluded_by
{
	my $link = shift;
	my $set = 0;
	$set |= fitting($_) for @{ $link->{excluded} };
	return $set;
}

# The touches that may come behind touch i, as bits.
sub behind
{
	my ($link, $i) = @_;
	return $links{$link}[$i] //= do
	{
		my $set = 0;
		my $excluded = excluded_by($link);
		for my $k ($i + 1 .. $#journey)
		{
			my $gap = $journey[$k][0] - $journey[$i][0];
			next if $link->{adjacent} && $k != $i + 1;
			next if defined $link->{least} && $gap < $link->{least};
			next if defined $link->{most} && $gap > $link->{most};
			next if grep { $excluded >> $_ & 1 } $i + 1 .. $k - 1;
			$set |= 1 << $k;
		}
		$set;
	};
}

# The earliest time after as_of of a touch behind touch i; undef if none can come.
sub to_come_behind
{
	my ($link, $i) = @_;
	my $excluded = excluded_by($link) & $known;
	my $at = $as_of + 1;
	return undef if $link->{adjacent} && $i != $last_touch;
	return undef if $excluded >> ($i + 1);
	$at = $journey[$i][0] + $link->{least} if defined $link->{least} && $journey[$i][0] + $link->{least} > $at;
	return undef if defined $link->{most} && $at > $journey[$i][0] + $link->{most};
	return $at;
}

sub keep_earliest
{
	my ($times, $set, $at) = @_;
	return 0 if defined $times->{$set} && $times->{$set} <= $at;
	$times->{$set} = $at;
	return 1;
}

sub join_states
{
	my ($all, $more) = @_;
	my $new = 0;
	for (keys %{ $more->{sets} }) { $new += !$all->{sets}{$_}++ }
	for (keys %{ $more->{to_come} }) { $new += keep_earliest($all->{to_come}, $_, $more->{to_come}{$_}) }
	return $new;
}

sub nothing { return { sets => {}, to_come => {} } }
sub is_nothing { return !%{ $_[0]{sets} } && !%{ $_[0]{to_come} } }

sub match_node
{
	my ($node, $from, $link) = @_;
	my ($kind, @rest) = @$node;
	my $to = nothing();
	return $to if is_nothing($from);

	if ($kind eq 'one')
	{
		my $fits = fitting($rest[0]) & $known;
		for my $set (keys %{ $from->{sets} })
		{
			my $next = $set ? $fits & behind($link, $highest[$set]) : $fits;
			for (my $k = 0 ; $next >> $k ; $k++) { $to->{sets}{ $set | 1 << $k } = 1 if $next >> $k & 1 }
			next unless defined $as_of && $set;
			my $at = to_come_behind($link, $highest[$set]);
			keep_earliest($to->{to_come}, $set, $at) if defined $at;
		}
		for (keys %{ $from->{to_come} }) { keep_earliest($to->{to_come}, $_, $from->{to_come}{$_} + ($link->{least} // 0)) }
	}
	elsif ($kind eq 'sequence')
	{
		my ($parts, $links) = @rest;
		my $absent = 1;    # all parts so far
		for my $i (0 .. $#$parts)
		{
			my $next = nothing();
			join_states($next, $to) if can_be_absent($parts->[$i]);
			join_states($next, match_node($parts->[$i], $to, $links->[ $i - 1 ])) if $i > 0;
			join_states($next, match_node($parts->[$i], $from, $link)) if $absent;
			$absent &&= can_be_absent($parts->[$i]);
			$to = $next;
		}
	}
	elsif ($kind eq 'alternatives')
	{
		join_states($to, match_node($_, $from, $link)) for @rest;
	}
	else
	{
		my ($part, $least, $most, $again) = @rest;
		my $times = 0;
		my $reached = $from;
		$least = 0 if can_be_absent($part);
		while ($most < 0 || $times < $most)
		{
			$reached = match_node($part, $reached, $times ? $again // { adjacent => 1, excluded => [] } : $link);
			last if is_nothing($reached);
			next if ++$times < $least;
			last unless join_states($to, $reached);
		}
	}
	return $to;
}

# True when the known touches have one that the negative end denies behind touch i.
sub is_denied
{
	my ($pattern, $i) = @_;
	my ($link, $selector) = @{ $pattern->{denied} };
	return (behind($link, $i) & fitting($selector) & $known) != 0;
}

sub lowest { my $set = shift; my $bit = 0; $bit++ until $set >> $bit & 1; return $bit }

# The sets of touches of all complete matches, and what could still become one.
sub all_matches
{
	my $pattern = shift;
	my $found = match_node($pattern->{root}, { sets => { 0 => 1 }, to_come => {} });
	my %sets;
	for my $set (keys %{ $found->{sets} })
	{
		my ($start, $end) = (lowest($set), $highest[$set]);
		next if $pattern->{from_start} && $start != 0;
		next if $pattern->{to_end} && $end != $last_touch;
		next if $pattern->{denied} && is_denied($pattern, $end);
		next if defined $pattern->{within} && $journey[$end][0] - $journey[$start][0] > $pattern->{within};
		$sets{$set} = 1;
	}
	my $to_come = 0;
	for my $set (keys %{ $found->{to_come} })
	{
		my $start = lowest($set);
		next if $pattern->{from_start} && $start != 0;
		next if defined $pattern->{within} && $found->{to_come}{$set} - $journey[$start][0] > $pattern->{within};
		$to_come = 1;
	}
	return (\%sets, $to_come);
}

sub touches_of { my $set = shift; return grep { $set >> $_ & 1 } 0 .. 8 }

# Smaller is better: start, then end, then the touches one by one.
sub by_rank
{
	my ($x, $y) = @_;
	my $order = lowest($x) <=> lowest($y) || $highest[$x] <=> $highest[$y];
	return $order if $order;
	my @x = touches_of($x);
	my @y = touches_of($y);
	for my $i (0 .. ($#x < $#y ? $#x : $#y)) { return $x[$i] <=> $y[$i] if $x[$i] != $y[$i] }
	return @x <=> @y;
}

sub set_journey
{
	@journey = @{ $_[0] };
	%fits = %links = ();
}

sub know
{
	$as_of = shift;
	$last_touch = $#journey;
	$last_touch-- while defined $as_of && $last_touch >= 0 && $journey[$last_touch][0] > $as_of;
	$known = (1 << ($last_touch + 1)) - 1;
}

sub matches_text
{
	my $pattern = shift;
	my ($behind, @texts) = (-1);
	know(undef);
	my ($sets) = all_matches($pattern);
	for my $set (sort { by_rank($a, $b) } keys %$sets)
	{
		next if lowest($set) <= $behind;
		push @texts, join ',', touches_of($set);
		$behind = $highest[$set];
	}
	return join ';', @texts;
}

sub state_text
{
	my $pattern = shift;
	know(shift);
	my ($sets, $to_come) = all_matches($pattern);
	my @undecided = $pattern->{denied} ? grep { defined to_come_behind($pattern->{denied}[0], $highest[$_]) } keys %$sets : ();
	return 'yes' if keys %$sets > @undecided;
	return @undecided || $to_come ? 'pending' : 'no';
}

1;
