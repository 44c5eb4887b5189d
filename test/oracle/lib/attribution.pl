#!/usr/bin/perl
#
# test/oracle/lib/attribution.pl - attribution by definition, for small cases.
#
# Reads touches, one a line, tab separated and in order: case, markov order, journey, touchpoint, t if it is a
# conversion, value or \N.  Writes for each case what the extension should say:
#
#   credit      case model touchpoint credit removal_effect value
#   transition  case model source target count
#   coalition   case touchpoints converted unconverted value
#
# Chains are solved by Gaussian elimination with partial pivoting, once for each touchpoint taken away; Shapley values
# are averages over all subsets of the other touchpoints.
#
use strict;
use warnings;

# Solves a x = b in place.
sub solve
{
	my ($a, @b) = @_;
	my $n = @b;

	for my $k (0 .. $n - 1)
	{
		my $best = $k;
		for my $i ($k + 1 .. $n - 1) { $best = $i if abs($a->[$i][$k]) > abs($a->[$best][$k]) }
		@$a[ $k, $best ] = @$a[ $best, $k ];
		@b[ $k, $best ] = @b[ $best, $k ];
		for my $i ($k + 1 .. $n - 1)
		{
			my $factor = $a->[$i][$k] / $a->[$k][$k] or next;
			$a->[$i][$_] -= $factor * $a->[$k][$_] for $k .. $n - 1;
			$b[$i] -= $factor * $b[$k];
		}
	}
	my @x;
	for my $k (reverse 0 .. $n - 1)
	{
		my $sum = $b[$k];
		$sum -= $a->[$k][$_] * $x[$_] for $k + 1 .. $n - 1;
		$x[$k] = $sum / $a->[$k][$k];
	}
	return @x;
}

# The share that converts and the value a start brings, from paths cut into states; states with $lost lead nowhere.
sub absorbed
{
	my ($paths, $lost) = @_;
	my (%number, %count, %converted, %value, %total);
	my $size = 0;

	for my $path (@$paths)
	{
		my @states = ('', @{ $path->{states} });
		$number{$_} //= $size++ for @states;
		for my $i (1 .. $#states)
		{
			$count{ $states[ $i - 1 ] }{ $states[$i] }++;
			$total{ $states[ $i - 1 ] }++;
		}
		$total{ $states[-1] }++;
		next unless $path->{converted};
		$converted{ $states[-1] }++;
		$value{ $states[-1] } += $path->{value};
	}
	return (0, 0) unless $size;
	my (@matrix, @share, @brought);
	for my $state (keys %number)
	{
		my $i = $number{$state};
		$matrix[$i] = [ (0) x $size ];
		$matrix[$i][$i] = 1;
		$share[$i] = $brought[$i] = 0;
		next if defined $lost && grep { $_ eq $lost } split /\0/, $state;
		$matrix[$i][ $number{$_} ] -= $count{$state}{$_} / $total{$state} for keys %{ $count{$state} };
		$share[$i] = ($converted{$state} // 0) / $total{$state};
		$brought[$i] = ($value{$state} // 0) / $total{$state};
	}
	my @copy = map { [@$_] } @matrix;
	return ((solve(\@matrix, @share))[ $number{''} ], (solve(\@copy, @brought))[ $number{''} ]);
}

sub row
{
	print join("\t", map { $_ // '\N' } @_), "\n";
}

sub markov
{
	my ($case, $model, $paths, $touchpoints, $direct) = @_;
	my $conversions = grep { $_->{converted} } @$paths;
	my ($value, $effects, $value_effects) = (0, 0, 0);
	my (%effect, %value_effect, %count);

	$value += $_->{converted} ? $_->{value} : 0 for @$paths;
	my @used = $model eq 'markov' ? @$paths : grep { $_->{converted} } @$paths;
	my ($all, $all_value) = absorbed(\@used);
	for my $touchpoint (@$touchpoints)
	{
		my ($share, $brought) = absorbed(\@used, $touchpoint);
		$effects += $effect{$touchpoint} = $all > 0 ? 1 - $share / $all : 0;
		$value_effects += $value_effect{$touchpoint} = $all_value > 0 ? 1 - $brought / $all_value : 0;
	}
	row('credit', $case, $model, $_, $conversions ? $conversions * $effect{$_} / $effects : 0, $conversions ? $effect{$_} : undef,
		$conversions ? ($value > 0 ? $value * $value_effect{$_} / $value_effects : 0) : undef) for @$touchpoints;
	row('credit', $case, $model, undef, $direct->{count}, undef, $direct->{value}) if $direct->{count};
	for my $path (@used)
	{
		my @states = map { $_ eq '' ? '(start)' : s/\0/ > /gr } '', @{ $path->{states} };
		my @chain = grep { $_ == 0 || $states[$_] ne $states[ $_ - 1 ] } 0 .. $#states;
		my @kept = @states[@chain];
		$count{ $kept[ $_ - 1 ] . "\t" . $kept[$_] }++ for 1 .. $#kept;
		$count{ $kept[-1] . "\t" . ($path->{converted} ? '(conversion)' : '(null)') }++;
	}
	print "transition\t$case\t$model\t$_\t$count{$_}\n" for sort keys %count;
}

# What paths without touchpoints outside a subset, given as bits, bring.
sub worth
{
	my ($paths, $subset) = @_;
	my ($count, $value) = (0, 0);

	for my $path (@$paths)
	{
		next if !$path->{converted} || $path->{bits} & ~$subset;
		$count++;
		$value += $path->{value};
	}
	return ($count, $value);
}

sub shapley
{
	my ($case, $paths, $touchpoints, $direct) = @_;
	my $n = @$touchpoints;
	my $conversions = grep { $_->{converted} } @$paths;
	my @factorial = (1);
	my %set;

	push @factorial, $factorial[-1] * $_ for 1 .. $n;
	my @worth = map { [ worth($paths, $_) ] } 0 .. 2**$n - 1;
	for my $i (0 .. $n - 1)
	{
		my ($credit, $value) = (0, 0);
		for my $subset (0 .. 2**$n - 1)
		{
			next if $subset & 1 << $i;
			my $members = () = sprintf('%b', $subset) =~ /1/g;
			my $weight = $factorial[$members] * $factorial[ $n - $members - 1 ] / $factorial[$n];
			$credit += $weight * ($worth[ $subset | 1 << $i ][0] - $worth[$subset][0]);
			$value += $weight * ($worth[ $subset | 1 << $i ][1] - $worth[$subset][1]);
		}
		my $without = $worth[ (2**$n - 1) & ~(1 << $i) ][0];
		row('credit', $case, 'shapley', $touchpoints->[$i], $credit, $conversions ? 1 - $without / $conversions : undef, $conversions ? $value : undef);
	}
	row('credit', $case, 'shapley', undef, $direct->{count}, undef, $direct->{value}) if $direct->{count};
	for my $path (@$paths)
	{
		my $sum = $set{ join ',', sort keys %{ { map { $_ => 1 } @{ $path->{touches} } } } } //= [ 0, 0, 0 ];
		$sum->[ $path->{converted} ? 0 : 1 ]++;
		$sum->[2] += $path->{value} if $path->{converted};
	}
	row('coalition', $case, $_, @{ $set{$_} }[ 0, 1 ], $set{$_}[0] ? $set{$_}[2] : undef) for sort keys %set;
}

sub finish
{
	my ($case, $order, $journeys) = @_;
	my (@paths, %direct, %seen);

	for my $journey (@$journeys)
	{
		my @touches;
		for my $touch (@$journey, undef)
		{
			if (defined $touch && $touch->[1] ne 't')
			{
				push @touches, $touch->[0];
				$seen{ $touch->[0] } = 1;
				next;
			}
			my $value = defined $touch ? ($touch->[2] eq '\N' ? 1 : $touch->[2]) : 0;
			if (@touches)
			{
				my $width = @touches < $order ? @touches : $order;
				push @paths, { touches => [@touches], converted => defined $touch, value => $value,
					states => [ map { join "\0", @touches[ $_ .. $_ + $width - 1 ] } 0 .. @touches - $width ] };
			}
			elsif (defined $touch)
			{
				$direct{count}++;
				$direct{value} += $value;
			}
			@touches = ();
		}
	}
	my @touchpoints = sort keys %seen;
	my %bit = map { $touchpoints[$_] => 1 << $_ } 0 .. $#touchpoints;
	for my $path (@paths)
	{
		$path->{bits} |= $bit{$_} for @{ $path->{touches} };
	}
	markov($case, $_, \@paths, \@touchpoints, \%direct) for 'markov', 'markov_conversions';
	shapley($case, \@paths, \@touchpoints, \%direct);
}

my ($case, $order, $journey, @journeys);
while (<STDIN>)
{
	chomp;
	my ($c, $o, $j, @touch) = split /\t/;
	if (defined $case && $c ne $case)
	{
		finish($case, $order, \@journeys);
		@journeys = ();
		$journey = undef;
	}
	push @journeys, [] if !defined $journey || $j ne $journey;
	($case, $order, $journey) = ($c, $o, $j);
	push @{ $journeys[-1] }, \@touch;
}
finish($case, $order, \@journeys) if defined $case;
