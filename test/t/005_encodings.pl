# Labels in any encoding: clients that speak another one than the server, servers in other ones than UTF8.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use CxTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main');
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir;

# text of each client encoding, as UTF-8
my %sample = (
	LATIN1 => [ 'Größe', 'Ärger über «Öl»', 'ÿ', 'zz' ],
	WIN1252 => [ 'Preis 5 €', '„Ärger“', '…', 'zz' ],
	SJIS => [ '電話', 'ソフト表示', '問い合わせ.返金', '能', 'zz' ],
	EUC_JP => [ '電話', 'ソフト表示', '問い合わせ.返金', 'ア', 'zz' ],
	GBK => [ '电话', '投诉', '退款', 'zz' ],
	UTF8 => [ '電話', 'Größe', '😀', "\x{c2}\x{80}", 'zz' ]);

# Touches at one instant, so that the labels alone decide the order; in every place that a label may have.
sub touches_of
{
	return join ', ', map { qq{\{"at": "2026-01-05T09:30:00Z", "touchpoint": "$_", "channel": "$_ 1", "team": "$_ 2", "attrs": {"$_": "$_"}\}} } reverse @_;
}

# Runs SQL (UTF-8 in this file) as a client with that encoding; returns raw output.
sub as_client
{
	my ($database, $encoding, $sql) = @_;
	my $file = "$dir/client.sql";

	open my $handle, '>:raw', $file or die $!;
	print $handle $sql;
	close $handle;
	my $command = "psql -XAtq -v ON_ERROR_STOP=1 -d \"" . $node->connstr($database) . '" -f "' . $file . '" 2>&1';
	local $ENV{PGCLIENTENCODING} = $encoding;
	my $output = `$command`;
	chomp $output;
	return $output;
}

# The same text in another encoding, converted by the server.
sub encoded
{
	my ($text, $encoding) = @_;
	my $hex = unpack('H*', $text);

	return pack('H*', $node->safe_psql('postgres', "SELECT encode(convert(decode('$hex', 'hex'), 'UTF8', '$encoding'), 'hex')"));
}

# --- clients of a UTF8 server ---

create_database($node, 'utf8');
$node->safe_psql('utf8', 'CREATE TABLE store (id text PRIMARY KEY, journey cx.journey)');
foreach my $encoding (sort keys %sample)
{
	my $text = '[' . touches_of(@{ $sample{$encoding} }) . ']';
	my $insert = "INSERT INTO store VALUES ('$encoding', '$text')";

	as_client('utf8', 'UTF8', $insert);
	as_client('utf8', $encoding, encoded($insert =~ s/'$encoding'/'from $encoding'/r, $encoding));
	is($node->safe_psql('utf8', "SELECT count(DISTINCT cx._bytes(journey)), count(*) FROM store WHERE id LIKE '%$encoding'"), '1|2', "$encoding: text comes in as it is meant");
	is(as_client('utf8', $encoding, "SELECT journey FROM store WHERE id = '$encoding'"), encoded($node->safe_psql('utf8', "SELECT journey FROM store WHERE id = '$encoding'"), $encoding),
		"$encoding: text goes out as the client reads it");
	foreach my $format ('text', 'csv', 'binary')
	{
		my $file = "$dir/$encoding.$format";
		my $select = "SELECT id || ' copied $format', journey FROM store WHERE id = '$encoding'";

		is(as_client('utf8', $encoding, "\\copy ($select) TO '$file' (FORMAT $format)\n\\copy store FROM '$file' (FORMAT $format)"), '', "$encoding: COPY $format");
		my $longest = encoded((sort { length $b <=> length $a } @{ $sample{$encoding} })[0], $encoding);
		cmp_ok(index(slurp_file($file), $longest), '>=', 0, "$encoding: COPY $format, in that encoding");
		is($node->safe_psql('utf8', "SELECT count(DISTINCT cx._bytes(journey)), count(*) FROM store WHERE id IN ('$encoding', '$encoding copied $format')"), '1|2',
			"$encoding: COPY $format, the same bytes");
	}
	is(as_client('utf8', $encoding, "SELECT t.touchpoint FROM store, cx.touches(journey) t WHERE id = '$encoding' ORDER BY step"),
		encoded(join("\n", sort @{ $sample{$encoding} }), $encoding), "$encoding: touches in the server's bytewise order");
}

# what the client's encoding does not have is an error, in every form, and the session goes on
foreach my $what ('SELECT journey FROM store', 'COPY store TO STDOUT', 'COPY store TO STDOUT (FORMAT binary)', 'SELECT cx.path(journey) FROM store',
	'SELECT cx._journey_send(journey) FROM store')
{
	my $output = as_client('utf8', 'LATIN1', "\\set ON_ERROR_STOP off\n$what WHERE id = 'SJIS';\n" =~ s/COPY store (.*) WHERE (.*);/COPY (SELECT * FROM store WHERE $2) $1;/r . "SELECT 'goes on'");
	like($output, qr/has no equivalent in encoding "LATIN1".*\ngoes on\z/s, "LATIN1 has no kanji: $what");
}
# bytes that are not text in the client's encoding
like(as_client('utf8', 'UTF8', "INSERT INTO store VALUES ('bad', '[{\"at\": \"2026-01-05T09:30:00Z\", \"touchpoint\": \"a\xff\"}]')"),
	qr/invalid byte sequence for encoding "UTF8": 0xff/, 'invalid text is refused');
my $binary = slurp_file("$dir/UTF8.binary");
(my $broken = $binary) =~ s/\xe9\x9b\xbb/\xe9\x9b\x22/;
isnt($broken, $binary, 'binary form with a broken character');
open my $handle, '>:raw', "$dir/broken" or die $!;
print $handle $broken;
close $handle;
like(as_client('utf8', 'UTF8', "\\copy store FROM '$dir/broken' (FORMAT binary)"), qr/invalid byte sequence for encoding "UTF8"/, 'invalid text is refused in the binary form');
like(as_client('utf8', 'EUC_JP', "\\copy store FROM '$dir/broken' (FORMAT binary)"), qr/invalid byte sequence for encoding "EUC_JP"/, 'whatever the client\'s encoding is');

# --- servers in other encodings ---

foreach my $server ('LATIN1', 'EUC_JP', 'WIN1252')
{
	my $name = lc $server;

	create_database($node, $name, "ENCODING '$server' LOCALE 'C'");
	$node->safe_psql($name, 'CREATE TABLE store (id text PRIMARY KEY, journey cx.journey)');
	is(as_client($name, 'UTF8', "INSERT INTO store VALUES ('$server', '[" . touches_of(@{ $sample{$server} }) . "]')"), '', "$server server: text from a client in UTF8");
	is($node->safe_psql($name, "SELECT bool_and(before IS NULL OR before < convert_to(touchpoint, '$server')) FROM
			(SELECT touchpoint, lag(convert_to(touchpoint, '$server')) OVER (ORDER BY step) AS before FROM store, cx.touches(journey)) s"), 't',
		"$server server: labels sort by the server's bytes");
	is($node->safe_psql($name, 'SELECT count(*) FROM store WHERE cx.check(journey) IS NULL AND cx._bytes(journey::text::cx.journey) = cx._bytes(journey)
			AND cx._bytes(journey::jsonb::cx.journey) = cx._bytes(journey)'), '1', "$server server: sound, text and jsonb round trips");
	# through files in UTF8 to the UTF8 server, where the labels sort otherwise, and back
	foreach my $format ('text', 'binary')
	{
		is(as_client($name, 'UTF8', "\\copy (SELECT id || ' $format', journey FROM store WHERE id = '$server') TO '$dir/$server.$format' (FORMAT $format)"), '', "$server server: COPY $format to a file in UTF8");
		is(as_client('utf8', 'UTF8', "DELETE FROM store WHERE id = '$server $format';\n\\copy store FROM '$dir/$server.$format' (FORMAT $format)\n"), '', "$server server: and into a server in UTF8");
		is($node->safe_psql('utf8', "SELECT count(DISTINCT cx._bytes(journey)), count(cx.check(journey)) FROM store WHERE id IN ('$server', '$server $format')"), '1|0',
			"$server server: which has the same journey as from its own clients, by $format");
		is(as_client('utf8', $server, "\\copy (SELECT id || ' and back', journey FROM store WHERE id = '$server $format') TO '$dir/back' (FORMAT $format)"), '', "$server server: back to a file in $server");
		is(as_client($name, $server, "\\copy store FROM '$dir/back' (FORMAT $format)"), '', "$server server: and into the $server server");
		is($node->safe_psql($name, "SELECT count(DISTINCT cx._bytes(journey)), count(*) FROM store WHERE id IN ('$server', '$server $format and back')"), '1|2', "$server server: the same bytes as at first");
	}
}
like(as_client('latin1', 'UTF8', "SELECT '[" . touches_of('電話') . "]'::cx.journey"), qr/has no equivalent in encoding "LATIN1"/, 'LATIN1 server: kanji are refused');
like(as_client('latin1', 'LATIN1', q{SELECT E'[{"at": "2026-01-05T09:30:00Z", "touchpoint": "\\\\u96fb"}]'::cx.journey}), qr/ERROR: .*(translated to the server|Unicode escape|no equivalent)/s,
	'LATIN1 server: also as escapes');
is(as_client('latin1', 'UTF8', q{SELECT cx.path(E'[{"at": "2026-01-05T09:30:00Z", "touchpoint": "\\\\u00e9t\\\\u00e9"}]'::cx.journey)}), 'été', 'LATIN1 server: escapes that it has are read');

# a server that does not know its encoding keeps the bytes
create_database($node, 'ascii', "ENCODING 'SQL_ASCII' LOCALE 'C'");
$node->safe_psql('ascii', 'CREATE TABLE store (id text PRIMARY KEY, journey cx.journey)');
as_client('ascii', 'SQL_ASCII', "INSERT INTO store VALUES ('bytes', '[" . touches_of("\xff\xfe", "\xc3", 'Größe', 'zz') . "]')");
is($node->safe_psql('ascii', q{SELECT string_agg(encode(convert_to(touchpoint, 'SQL_ASCII'), 'hex'), ' ' ORDER BY step) FROM store, cx.touches(journey)}), '4772c3b6c39f65 7a7a c3 fffe',
	'SQL_ASCII server: bytes stay and sort');
foreach my $format ('text', 'binary')
{
	is(as_client('ascii', 'SQL_ASCII', "\\copy (SELECT id || ' $format', journey FROM store WHERE id = 'bytes') TO '$dir/ascii' (FORMAT $format)\n\\copy store FROM '$dir/ascii' (FORMAT $format)"), '', "SQL_ASCII server: COPY $format");
}
is($node->safe_psql('ascii', 'SELECT count(DISTINCT cx._bytes(journey)), count(*), count(cx.check(journey)) FROM store'), '1|3|0', 'SQL_ASCII server: the same bytes');

$node->stop;
done_testing();
