#!/usr/bin/perl
#
# test/docs.pl PAGE - runs the examples of a Markdown page and compares what they print.
#
# The blocks fenced as ```sql run in order in one session of psql, in the database that PGDATABASE names; the extension
# is created first, unless the page does so itself.  A block that is directly followed by one fenced as ``` or ```text
# must print exactly that, error messages included and spaces at the ends of lines aside; any other must not fail.
# Command tags (INSERT 0 1) are not printed.  A block fenced as ```sql noexec is not run.
#
use strict;
use warnings;

die "usage: test/docs.pl PAGE\n" unless @ARGV == 1;
my $page = shift;
open(my $in, '<', $page) or die "$page: $!\n";
my @lines = <$in>;
close $in;
chomp @lines;

# The fenced blocks: line number, info string, lines, and whether only blank lines are between it and the block before.
my (@blocks, $block, $fence, $indent);
my $adjacent = 0;
for my $number (1 .. @lines)
{
	my $line = $lines[ $number - 1 ];

	if (!$block && $line =~ /^(\s*)(`{3,})\s*([^`]*?)\s*$/)
	{
		($indent, $fence) = (length $1, $2);
		$block = { line => $number, info => $3, text => [], adjacent => $adjacent };
	}
	elsif ($block && $line =~ /^\s*$fence\s*$/)
	{
		push @blocks, $block;
		$block = undef;
		$adjacent = 1;
	}
	elsif ($block)
	{
		$line =~ s/^\s{0,$indent}//;
		push @{ $block->{text} }, $line;
	}
	elsif ($line =~ /\S/)
	{
		$adjacent = 0;
	}
}
die "$page:$block->{line}: the block does not end\n" if $block;

my @examples;
for my $i (0 .. $#blocks)
{
	next unless $blocks[$i]{info} eq 'sql';
	my $next = $blocks[ $i + 1 ];
	my $output = $next && $next->{adjacent} && $next->{info} =~ /^(text)?$/ ? $next->{text} : undef;
	push @examples, { line => $blocks[$i]{line}, sql => join("\n", @{ $blocks[$i]{text} }), output => $output };
}
unless (@examples)
{
	print "skipped: the page has no examples\n";
	exit 0;
}

# One session runs them all.  stdbuf, so that results and messages come in order; the marker tells them apart.
my $marker = '=== end of the example at line ';
my $script = "";
$script .= "CREATE EXTENSION cx_analytics;\n" unless grep { $_->{sql} =~ /CREATE EXTENSION (IF NOT EXISTS )?cx_analytics/ } @examples;
$script .= "$_->{sql}\n;\n\\echo $marker$_->{line}\n" for @examples;
my $file = ($ENV{TMPDIR} || '/tmp') . "/cx_docs.$$.sql";
open(my $out, '>', $file) or die "$file: $!\n";
print $out $script;
close $out;
# read through a pipe: messages then do not begin with the file's name
my $printed = qx{stdbuf -oL psql -X -q 2>&1 <"$file"};
unlink $file;

my $failed = 0;
for my $example (@examples)
{
	my $end = index($printed, "$marker$example->{line}\n");
	if ($end < 0)
	{
		print "not ok - $page:$example->{line}: the session ended\n$printed";
		exit 1;
	}
	my $got = substr($printed, 0, $end, '');
	$printed =~ s/^.*\n//;
	my @got = map { s/\s+$//r } split /\n/, $got;
	my @expected = map { s/\s+$//r } @{ $example->{output} // [] };
	for my $list (\@got, \@expected)
	{
		pop @$list while @$list && $list->[-1] eq '';
		shift @$list while @$list && $list->[0] eq '';
	}
	if (defined $example->{output} ? join("\n", @got) eq join("\n", @expected) : !grep { /^(ERROR|FATAL|PANIC): / } @got)
	{
		print "ok - $page:$example->{line}\n";
		next;
	}
	$failed++;
	print "not ok - $page:$example->{line}\n--- printed\n", map({ "$_\n" } @got);
	print "--- the page says\n", map({ "$_\n" } @expected) if defined $example->{output};
}
printf "%d examples%s\n", scalar @examples, $failed ? ", $failed wrong" : '';
exit($failed > 0);
