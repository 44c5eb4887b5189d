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
no warnings 'recursion';

my ($mode, $seed, $count) = @ARGV;
die "usage: pattern.pl pairs|selectors SEED COUNT\n" unless ($mode // '') =~ /^(pairs|selectors)$/ && defined $count;

use constant { S => 1_000_000, H => 3_600_000_000, D => 86_400_000_000 };

sub dice { no integer; return int(rand $_[0]) }
sub chance { no integer; return rand() < $_[0] }
sub pick { return $_[ dice(scalar @_) ] }

# --- journeys --------------------------------------------------------------------------------------------------------

my @names = ('a', 'b', 'c', 'a.x', 'b.x', 'a.x.y', 'd e', 'within', 'a-b', 'é', 'q"q', 'a..x', '.');

# Unix time 1767225600 is 2026-01-01.
sub time_text
{
	my $at = shift;
	my ($seconds, $rest) = ($at / S, $at % S);
	($seconds, $rest) = ($seconds - 1, $rest + S) if $rest < 0;
	my @t = gmtime(1767225600 + $seconds);
	return sprintf('%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', $t[5] + 1900, $t[4] + 1, $t[3], $t[2], $t[1], $t[0], $rest);
}

sub json_string
{
	my $text = shift;
	$text =~ s/(["\\])/\\$1/g;
	return "\"$text\"";
}

# Numbers as text, so that both sides read the same; undef comes first.
sub by_number { my ($x, $y) = @_; no integer; return defined $x <=> defined $y || (defined $x ? $x <=> $y : 0) }
sub by_text { my ($x, $y) = @_; return defined $x <=> defined $y || (defined $x ? $x cmp $y : 0) }

# Touches in canonical order: [at, touchpoint, channel, team, attrs, value, lasted in ms]; attrs as pairs.
sub make_journey
{
	my $length = chance(0.02) ? 0 : chance(0.1) ? 1 + dice(9) : 4 + dice(6);
	my @labels = map { pick(@names[ 0 .. (chance(0.1) ? $#names : chance(0.6) ? 2 : 5) ]) } 1 .. 2 + dice(3);
	my $plain = chance(0.4);    # touchpoints only
	my @gaps = (0, map { pick(0, 0, 1, S, H, H, H + 1, H - 1, D, D, 2 * D) } 1 .. 2);
	my $at = 0;
	my @touches;
	for (1 .. $length)
	{
		my %attrs;
		$at += pick(@gaps);
		unless ($plain || chance(0.5))
		{
			$attrs{k} = pick('"x"', '"y"', '"1"') if chance(0.5);
			$attrs{n} = pick('1', '1.5', '10') if chance(0.4);
			$attrs{f} = pick('true', 'false') if chance(0.4);
		}
		push @touches,
		  [
			$at, pick(@labels),
			$plain ? undef : pick(undef, 'web', 'app.ios', 'app'),
			$plain ? undef : pick(undef, 'care', 't.2'),
			%attrs ? '{' . join(', ', map { "\"$_\": $attrs{$_}" } sort keys %attrs) . '}' : undef,
			$plain ? undef : pick(undef, '0', '1', '2.5', '-3', '10', '1e-3'),
			$plain ? undef : pick(undef, 0, 1, 1000, 600_000, 600_001, 3_600_000),
			\%attrs
		  ];
	}
	return [
		sort {
			     $a->[0] <=> $b->[0]
			  || $a->[1] cmp $b->[1]
			  || by_text($a->[2], $b->[2])
			  || by_text($a->[3], $b->[3])
			  || by_text($a->[4], $b->[4])
			  || by_number($a->[5], $b->[5])
			  || by_number($a->[6], $b->[6])
		} @touches
	];
}

sub journey_text
{
	my $journey = shift;
	my @out;
	for my $ref (0 .. $#$journey)
	{
		my ($at, $touchpoint, $channel, $team, $attrs, $value, $lasted) = @{ $journey->[$ref] };
		my $text = '{"at": "' . time_text($at) . '", "touchpoint": ' . json_string($touchpoint) . ", \"ref\": $ref";
		$text .= ', "channel": ' . json_string($channel) if defined $channel;
		$text .= ', "team": ' . json_string($team) if defined $team;
		$text .= ", \"attrs\": $attrs" if defined $attrs;
		$text .= ", \"value\": $value" if defined $value;
		$text .= sprintf(', "lasted": %d.%03d', $lasted / 1000, $lasted % 1000) if defined $lasted;
		push @out, "$text}";
	}
	# the order of the input means nothing
	@out = reverse @out if chance(0.5);
	return '[' . join(', ', @out) . ']';
}

# --- selectors: trees, spelling, truth -------------------------------------------------------------------------------

# [test => touchpoint, channel, team, conditions], [not => s], [or => s, ...]; a path is a list of labels and globs.
sub make_path
{
	my @labels = split /\./, pick(@_), -1;
	if (chance(0.3))
	{
		$labels[ dice(scalar @labels) ] = pick('*', '**');
		splice @labels, dice(@labels + 1), 0, pick('*', '**') if chance(0.3);
	}
	elsif (chance(0.15))
	{
		push @labels, pick('*', '**');
	}
	return \@labels;
}

sub make_condition
{
	my $op = pick('=', '!=', '<', '<=', '>', '>=');
	my $field = pick('value', 'value', 'lasted', 'attr');
	return [ value => $op, pick('0', '1', '2.5', '-3', '0.001', '10', '1e1', '-0') ] if $field eq 'value';
	return [ lasted => $op, pick(0, 1000, S, 600 * S, 600 * S + 1, H) ] if $field eq 'lasted';
	my $key = pick('k', 'n', 'f');
	my $type = chance(0.8) ? { k => 'string', n => 'number', f => 'boolean' }->{$key} : pick('string', 'number', 'boolean');
	return [ string => $op, $key, pick('x', 'y', '1', 'xx', '') ] if $type eq 'string';
	return [ number => $op, $key, pick('1', '1.50', '10', '-1', '1e0') ] if $type eq 'number';
	return [ boolean => pick('=', '!='), $key, pick('true', 'false') ];
}

sub make_selector
{
	my $depth = shift // 2;
	if ($depth > 0 && chance(0.18))
	{
		return [ 'not', make_selector($depth - 1) ] if chance(0.5);
		return [ 'or', map { make_selector($depth - 1) } 1 .. 2 + dice(2) ];
	}
	return [ 'test', undef, undef, undef, [] ] if chance(0.1);
	my $test = [ 'test', chance(0.6) ? [ pick('a', 'b', 'c') ] : make_path(@names[ 0 .. (chance(0.1) ? $#names : 5) ]), undef, undef, [] ];
	if (chance(0.25))
	{
		$test->[2] = make_path('web', 'app.ios', 'app') if chance(0.5);
		$test->[3] = make_path('care', 't.2') if chance(0.4);
		$test->[4] = [ map { make_condition() } 1 .. 1 + dice(2) ] if chance(0.5);
		$test->[1] = undef if chance(0.5);
	}
	return $test;
}

sub space { return pick('', '', ' ', ' ', "\n", '  ') }

sub quoted
{
	my $text = shift;
	$text =~ s/"/""/g;
	return "\"$text\"";
}

sub path_text
{
	my @labels = @{ $_[0] };
	my $whole = join '.', @labels;
	return quoted($whole) if !grep({ /^\*\*?$/ } @labels) && ($whole !~ /^[\w:\/é.-]+$/ || grep({ $_ !~ /[\wé]$/ } @labels) || chance(0.05));
	return join '.', map { /^\*\*?$/ ? $_ : /^(?:[\w:\/-]|é)*(?:\w|é)$/ && $_ ne 'within' && chance(0.95) ? $_ : quoted($_) } @labels
	  if $whole ne 'within';
	return quoted($whole);
}

# A duration in microseconds, in one of its spellings.
sub duration_text
{
	my $us = shift;
	my @units = ([ D, 'day' ], [ H, 'hour' ], [ 60 * S, 'minute' ], [ S, 'second' ], [ 1000, 'millisecond' ], [ 1, 'microsecond' ]);
	my @parts;
	my $rest = $us;
	return pick('0 seconds', '0 days', '0.0 hours') if $us == 0;
	return "1.5 hours" if $us == H + H / 2;
	if (chance(0.3))
	{
		my @exact = grep { $us % $_->[0] == 0 && $us / $_->[0] < 1_000_000_000_000 } @units;
		my $unit = pick(@exact);
		return $us / $unit->[0] . ' ' . $unit->[1] . pick('', 's');
	}
	for my $unit (@units)
	{
		my $n = $rest / $unit->[0];
		$rest %= $unit->[0];
		push @parts, $n . space() . $unit->[1] . pick('', 's') if $n;
	}
	return join ' ', @parts;
}

sub condition_text
{
	my ($type, $op, @rest) = @{ $_[0] };
	$op = '<>' if $op eq '!=' && chance(0.2);
	$op = space() . $op . space();
	return "value$op$rest[0]" if $type eq 'value';
	return "lasted$op" . duration_text($rest[0]) if $type eq 'lasted';
	my $key = chance(0.1) ? "\"$rest[0]\"" : $rest[0];
	return $key . $op . ($type eq 'string' ? quoted($rest[1]) : $rest[1]);
}

# tight: where alternatives need parentheses
sub selector_text
{
	my ($selector, $tight) = @_;
	my ($kind, @rest) = @$selector;
	my $text;
	if ($kind eq 'not')
	{
		$text = '!' . space() . selector_text($rest[0], 1);
	}
	elsif ($kind eq 'or')
	{
		$text = join space() . '|' . space(), map { selector_text($_, 1) } @rest;
		return "($text)" if $tight;
	}
	else
	{
		$text = $rest[0] ? path_text($rest[0]) : '';
		$text .= '@' . path_text($rest[1]) if $rest[1];
		$text .= '#' . path_text($rest[2]) if $rest[2];
		$text = pick('*', '**') . $text if !$rest[0] && ($text eq '' && !@{ $rest[3] } || chance(0.3));
		$text .= '[' . space() . join(space() . ',' . space(), map { condition_text($_) } @{ $rest[3] }) . space() . ']' if @{ $rest[3] };
	}
	return chance(0.04) ? '(' . space() . $text . space() . ')' : $text;
}

sub path_fits
{
	my ($path, $labels) = @_;
	return !@$labels unless @$path;
	my ($first, @rest) = @$path;
	return path_fits(\@rest, $labels) || (@$labels && path_fits($path, [ @$labels[ 1 .. $#$labels ] ])) if $first eq '**';
	return @$labels && ($first eq '*' || $first eq $labels->[0]) && path_fits(\@rest, [ @$labels[ 1 .. $#$labels ] ]);
}

sub holds
{
	my ($op, $order) = @_;
	return $order == 0 if $op eq '=';
	return $order != 0 if $op eq '!=';
	return $order < 0 if $op eq '<';
	return $order <= 0 if $op eq '<=';
	return $order > 0 if $op eq '>';
	return $order >= 0;
}

sub condition_fits
{
	my ($type, $op, @rest) = @{ $_[0] };
	my $touch = $_[1];
	return defined $touch->[5] && holds($op, by_number($touch->[5], $rest[0])) if $type eq 'value';
	return defined $touch->[6] && holds($op, $touch->[6] * 1000 <=> $rest[0]) if $type eq 'lasted';
	my ($key, $literal) = @rest;
	my $value = $touch->[7]{$key};
	return 0 unless defined $value;
	my $is = $value =~ /^"/ ? 'string' : $value =~ /^[tf]/ ? 'boolean' : 'number';
	return 0 unless $is eq $type;
	return holds($op, substr($value, 1, -1) cmp $literal) if $type eq 'string';
	return holds($op, by_number($value, $literal)) if $type eq 'number';
	return holds($op, $value cmp $literal);
}

sub selector_fits
{
	my ($selector, $touch) = @_;
	my ($kind, @rest) = @$selector;
	return !selector_fits($rest[0], $touch) if $kind eq 'not';
	return !!grep { selector_fits($_, $touch) } @rest if $kind eq 'or';
	for my $part (0 .. 2)
	{
		my $path = $rest[$part] or next;
		next if $part == 0 && @$path == 1 && $path->[0] =~ /^\*/;    # any touch
		return 0 unless defined $touch->[ 1 + $part ] && path_fits($path, [ split /\./, $touch->[ 1 + $part ], -1 ]);
	}
	return !grep { !condition_fits($_, $touch) } @{ $rest[3] };
}

# --- patterns: trees and spelling ------------------------------------------------------------------------------------

my @durations = (0, 0, 1, S, H - 1, H, H, H + 1, 2 * H, D, D, D + H, 2 * D, 3 * D, H + H / 2);

# { adjacent, least, most: inclusive bounds or undef, with the text of the bounds; excluded: selectors }
sub make_link
{
	my $link = { adjacent => chance(0.2), excluded => [], bounds => [] };
	if (chance(0.3))
	{
		my ($least, $most) = (pick(@durations), pick(@durations));
		my ($above, $below) = (chance(0.4) ? 1 : 0, chance(0.4) ? 1 : 0);
		my $which = pick('least', 'most', 'most', 'both');
		if ($which ne 'most' && ($which ne 'both' || $least + $above <= $most - $below))
		{
			$link->{least} = $least + $above;
			push @{ $link->{bounds} }, ($above ? '>' : '>=') . space() . duration_text($least);
		}
		if ($which ne 'least' && $most - $below >= 0 && (!defined $link->{least} || $link->{least} <= $most - $below))
		{
			$link->{most} = $most - $below;
			push @{ $link->{bounds} }, ($below ? '<' : '<=') . space() . duration_text($most);
		}
	}
	if (chance(0.3))
	{
		for (1 .. (chance(0.2) ? 2 : 1))
		{
			my $selector = make_selector(1);
			push @{ $link->{excluded} }, $selector;
			push @{ $link->{bounds} }, '!' . space() . selector_text($selector, chance(0.5));
		}
	}
	$link->{bounds} = [ reverse @{ $link->{bounds} } ] if chance(0.5);
	return $link;
}

sub link_text
{
	my $link = shift;
	my $line = $link->{adjacent} ? '=' : '-';
	return "$line>" unless @{ $link->{bounds} };
	return "${line}[" . space() . join(space() . ',' . space(), @{ $link->{bounds} }) . space() . "]$line>";
}

# [one => s], [sequence => [parts], [links]], [alternatives => parts], [repeat => part, least, most, link]; most -1 is none,
# and without a link repeats are adjacent
sub make_node
{
	my $depth = shift;
	my $kind = $depth > 0 ? dice(10) : 9;
	if ($kind < 4)
	{
		my $length = 2 + chance(0.25);
		return [ 'sequence', [ map { make_node($depth - 1) } 1 .. $length ], [ map { make_link() } 2 .. $length ] ];
	}
	return [ 'alternatives', map { make_node($depth - 1) } 1 .. 2 ] if $kind < 5;
	if ($kind < 8)
	{
		my ($least, $most) = @{ pick([ 0, 1 ], [ 0, 1 ], [ 0, -1 ], [ 0, -1 ], [ 1, -1 ], [ 1, -1 ], [ 2, 2 ], [ 2, -1 ], [ 1, 3 ], [ 0, 2 ], [ 1, 1 ], [ 3, -1 ], [ 0, 3 ]) };
		return [ 'repeat', make_node($depth - 1), $least, $most, chance(0.45) ? make_link() : undef ];
	}
	return [ 'one', make_selector() ];
}

my %absent;

sub can_be_absent
{
	my $node = shift;
	return $absent{$node} //= do
	{
		my ($kind, @rest) = @$node;
		$kind eq 'one'            ? 0
		  : $kind eq 'sequence'     ? !grep { !can_be_absent($_) } @{ $rest[0] }
		  : $kind eq 'alternatives' ? !!grep { can_be_absent($_) } @rest
		  :                           $rest[1] == 0 || can_be_absent($rest[0]);
	};
}

sub make_pattern
{
	my $pattern;
	do
	{
		%absent = ();
		$pattern = { root => chance(0.4) ? make_node(2) : [ 'sequence', [ map { make_node(chance(0.5) ? 2 : 1) } 1 .. 2 ], [ make_link() ] ] };
	} while (can_be_absent($pattern->{root}));
	$pattern->{from_start} = chance(0.06);
	$pattern->{to_end} = chance(0.06);
	$pattern->{denied} = [ make_link(), make_selector(1) ] if chance(0.2);
	$pattern->{within} = pick(@durations) if chance(0.2);
	return $pattern;
}

# A part as an item of a sequence, or of a repetition.
sub item_text
{
	my $node = shift;
	my ($kind, @rest) = @$node;
	my $text;
	if ($kind eq 'one')
	{
		$text = selector_text($rest[0], 1);
	}
	elsif ($kind eq 'repeat')
	{
		my ($part, $least, $most, $link) = @rest;
		$text = $link ? '(' . ($part->[0] eq 'alternatives' ? item_text($part) : node_text($part)) . space() . link_text($link) . space() . ')' : item_text($part);
		# "**" and ".**" are globs
		$text = chance(0.5) ? "$text " : "($text)" if $text =~ /\*$/;
		$text .= space()
		  . (
			  $least == 0 && $most == 1 && chance(0.9)  ? '?'
			: $least == 0 && $most == -1 && chance(0.9) ? '*'
			: $least == 1 && $most == -1 && chance(0.9) ? '+'
			: $most == -1                               ? '{' . space() . "$least,}"
			: $least == $most && chance(0.7)            ? "{$least}"
			: "{$least" . space() . ',' . space() . "$most}");
	}
	else
	{
		return '(' . space() . node_text($node) . space() . ')';
	}
	return chance(0.05) ? "($text)" : $text;
}

sub node_text
{
	my ($kind, @rest) = @{ $_[0] };
	return item_text($_[0]) if $kind eq 'one' || $kind eq 'repeat';
	if ($kind eq 'alternatives')
	{
		# a sequence needs no parentheses there
		return join ' | ', map { $_->[0] eq 'sequence' && chance(0.7) ? node_text($_) : item_text($_) } @rest;
	}
	my ($parts, $links) = @rest;
	return join '', map { ($_ ? space() . link_text($links->[ $_ - 1 ]) . space() : '') . item_text($parts->[$_]) } 0 .. $#$parts;
}

sub pattern_text
{
	my $pattern = shift;
	my $text = space() . ($pattern->{from_start} ? '^' . space() : '') . node_text($pattern->{root});
	$text .= space() . '$' if $pattern->{to_end};
	$text .= space() . '!' . link_text($pattern->{denied}[0]) . space() . selector_text($pattern->{denied}[1], chance(0.5)) if $pattern->{denied};
	$text .= ' within ' . duration_text($pattern->{within}) if defined $pattern->{within};
	return $text . space();
}

# --- the matcher -----------------------------------------------------------------------------------------------------
#
# What matched so far is a set of touches, as bits.  A part of the pattern maps the sets behind which it may stand to those
# in which it has matched too, taking at least one touch; that it may be absent is known of itself.  link is what leads
# into the part, undef at the start of the pattern.
#
# With as_of, touches after as_of may come of which nothing is known but that they fit: {to_come} has, by set of known
# touches, the earliest time at which the last of those can be.

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

# --- cases -----------------------------------------------------------------------------------------------------------

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
