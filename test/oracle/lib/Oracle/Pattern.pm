#
# Random patterns: trees, and one of their many spellings.
#
package Oracle::Pattern;

use strict;
use warnings;
use integer;    # times are microseconds
no warnings 'recursion';
use Oracle::Journey;
use Oracle::Selector;
use Exporter qw(import);

our @EXPORT = qw(@durations make_pattern pattern_text can_be_absent);

our @durations = (0, 0, 1, S, H - 1, H, H, H + 1, 2 * H, D, D, D + H, 2 * D, 3 * D, H + H / 2);

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

1;
