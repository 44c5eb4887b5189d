#!/usr/bin/perl
#
# demo/events.pl FILE - reads a CSV file of events and writes rows for COPY (text format) to standard output.
#
# Only the form of the file is judged here: quotes, number of fields, encoding, the header.  What the fields
# mean is judged in demo/events.sql.  Columns of the output:
#
#   line        the line of the file in which the record begins (a quoted field may span several)
#   problem     what is wrong with the form, NULL if nothing is; bad_column, found: where, and the text there
#   customer, at, touchpoint, channel, team, value      as text, NULL if empty or not in the file
#
# Accepted: a header in any order and any case, quoted fields ("" is a quote), commas and line breaks inside
# quotes, LF or CRLF, a byte order mark, blank lines.  Needs nothing but perl itself.

use strict;
use warnings;

my @known = qw(customer at touchpoint channel team value);
my @required = qw(customer at touchpoint);
my $columns_are = 'the columns are customer, at, touchpoint and, if you like, channel, team, value';

my $file = shift @ARGV;
open(my $in, '<:raw', $file) or die "cx_analytics: cannot read $file: $!\n";
binmode STDOUT;

# Writes one row; undef and empty text are NULL.
sub emit
{
	print join("\t", map {
		if (!defined $_ || $_ eq '') { '\N' }
		else { my $s = $_; $s =~ s/([\\\t\n\r])/{"\\" => "\\\\", "\t" => "\\t", "\n" => "\\n", "\r" => "\\r"}->{$1}/ge; $s }
	} @_), "\n";
}

# Writes a row that only says what is wrong.  What was found is cut and made printable.
sub complain
{
	my ($line, $problem, $column, $found) = @_;
	if (defined $found)
	{
		$found = substr($found, 0, 60) . '...' if length $found > 60;
		$found =~ s/([^\x20-\x7e])/sprintf '\x%02x', ord $1/ge;
	}
	emit($line, $problem, $column, $found, (undef) x @known);
}

my $line = 0;    # lines read so far

sub read_line
{
	my $text = <$in>;
	return undef unless defined $text;
	$line++;
	$text =~ s/\r?\n\z//;
	return $text;
}

# Reads the next record that is not a blank line; nothing at the end of the file.  Returns the line it begins in,
# the problem (undef: none; else text, number of the column, what was found there), and the fields.
sub read_record
{
	my $text;
	do { $text = read_line() } while (defined $text && $text =~ /\A\s*\z/);
	return unless defined $text;
	my $began = $line;
	return ($began, undef, split(/,/, $text, -1)) if index($text, '"') < 0;

	my @fields;
	pos($text) = 0;
	while (1)
	{
		my $field;
		if ($text =~ /\G[ ]*"/gc)
		{
			my $start = pos $text;
			while (1)
			{
				if ($text =~ /\G([^"]*+(?:""[^"]*+)*+)"/gc)
				{
					$field = $1;
					last;
				}
				# The quote is still open: the field goes on, at least to the next line that holds a quote.
				my @more;
				do
				{
					my $next = read_line();
					return ($began, [ 'a quote is opened and never closed', scalar @fields ]) unless defined $next;
					push @more, $next;
				} while (index($more[-1], '"') < 0);
				$text .= "\n" . join("\n", @more);
				pos($text) = $start;
			}
			$field =~ s/""/"/g;
			return ($began, [ 'text follows the closing quote (a quote inside quotes is written twice)', scalar @fields, $field ])
			  unless $text =~ /\G[ ]*(?=,|\z)/gc;
		}
		else
		{
			$text =~ /\G([^,]*)/gc;
			$field = $1;
			return ($began, [ 'a quote in a field that does not begin with one (write "say ""hi""" for say "hi")', scalar @fields, $field ])
			  if index($field, '"') >= 0;
		}
		push @fields, $field;
		last unless $text =~ /\G,/gc;
	}
	return ($began, undef, @fields);
}

# The header ------------------------------------------------------------------

my $start = '';
read($in, $start, 3);
if ($start =~ /\A(?:\xff\xfe|\xfe\xff)/)
{
	complain(1, 'the file is UTF-16; save it as UTF-8');
	exit;
}
seek($in, 0, 0) unless $start eq "\xef\xbb\xbf";

my ($header_line, $header_problem, @header) = read_record();
if (!defined $header_line)
{
	complain(1, "the file is empty; its first line should name the columns ($columns_are)");
	exit;
}
s/\A\s+|\s+\z//g for @header;
my @names = map { lc } @header;
my $problems = 0;
if (defined $header_problem)
{
	complain($header_line, $header_problem->[0]);
	exit;
}
if (grep { /\r/ } @header)
{
	complain($header_line, 'lines end with a carriage return alone; save the file with LF or CR LF');
	exit;
}
if (@names == 1 && $header[0] =~ /[;\t]/)
{
	complain($header_line, "fields must be separated by commas; $columns_are", undef, $header[0]);
	exit;
}
my %position;
for my $i (0 .. $#names)
{
	if (!grep { $_ eq $names[$i] } @known)
	{
		complain($header_line, "unknown column; $columns_are", $header[$i] eq '' ? 'number ' . ($i + 1) : $header[$i], undef);
		$problems++;
	}
	elsif (exists $position{ $names[$i] })
	{
		complain($header_line, 'the column is there twice', $names[$i], undef);
		$problems++;
	}
	else
	{
		$position{ $names[$i] } = $i;
	}
}
for my $name (grep { !exists $position{$_} } @required)
{
	complain($header_line, "the column is missing; $columns_are", $name, undef);
	$problems++;
}
exit if $problems;

# The events ------------------------------------------------------------------

my @order = map { $position{$_} } @known;
while (my ($began, $problem, @fields) = read_record())
{
	if (defined $problem)
	{
		my ($what, $column, $found) = @$problem;
		complain($began, $what, $header[$column], $found);
		next;
	}
	if (@fields != @header)
	{
		complain($began, sprintf('the line has %d field%s, the header %d', scalar @fields, @fields == 1 ? '' : 's', scalar @header));
		next;
	}
	my $bad;
	for my $i (0 .. $#fields)
	{
		next if $fields[$i] !~ /[\x00\x80-\xff]/;
		my $copy = $fields[$i];
		$bad = [ $i, 'a NUL byte' ] if index($copy, "\0") >= 0;
		$bad = [ $i, 'not valid UTF-8 (convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8)' ] unless utf8::decode($copy);
	}
	if ($bad)
	{
		complain($began, $bad->[1], $header[ $bad->[0] ], $fields[ $bad->[0] ]);
		next;
	}
	emit($began, undef, undef, undef, map { defined $_ ? $fields[$_] : undef } @order);
}
