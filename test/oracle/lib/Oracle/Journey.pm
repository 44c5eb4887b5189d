#
# Random journeys, and the numbers, times and words that everything random is made of.
#
# A touch is [at, touchpoint, channel, team, attrs, value, lasted in ms, attrs as pairs]; at is microseconds since 2026.
#
package Oracle::Journey;

use strict;
use warnings;
use integer;    # times are microseconds
no warnings 'recursion';
use Exporter qw(import);

our @EXPORT = qw(S H D dice chance pick @names by_number time_text make_journey journey_text);

use constant { S => 1_000_000, H => 3_600_000_000, D => 86_400_000_000 };

sub dice { no integer; return int(rand $_[0]) }
sub chance { no integer; return rand() < $_[0] }
sub pick { return $_[ dice(scalar @_) ] }

our @names = ('a', 'b', 'c', 'a.x', 'b.x', 'a.x.y', 'd e', 'within', 'a-b', 'é', 'q"q', 'a..x', '.');

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

1;
