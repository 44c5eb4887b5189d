#
# Random selectors: trees, one of their many spellings, and whether a touch fits.
#
package Oracle::Selector;

use strict;
use warnings;
use integer;    # times are microseconds
no warnings 'recursion';
use Oracle::Journey;
use Exporter qw(import);

our @EXPORT = qw(make_selector selector_text selector_fits duration_text space);

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

1;
