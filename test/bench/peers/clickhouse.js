// node clickhouse.js EVENTS.csv FOLDER: loads the events into a table that is sorted by customer and time, in one part,
// and asks it with one thread.
const { Session } = require('chdb');
const { answer } = require('./answer.js');

const [csv, folder] = process.argv.slice(2);
const session = new Session(folder);
for (const sql of [
	'SET max_threads = 1',
	'CREATE DATABASE bench',
	"CREATE TABLE bench.event (customer_id UInt32, at DateTime64(3, 'UTC'), touchpoint LowCardinality(String)) ENGINE = MergeTree ORDER BY (customer_id, at)",
	`INSERT INTO bench.event SELECT * FROM file('${csv}', 'CSV', $$customer_id UInt32, at DateTime64(3, 'UTC'), touchpoint String$$)`,
	'OPTIMIZE TABLE bench.event FINAL'])
	session.query(sql);
const threads = session.query("SELECT value FROM system.settings WHERE name = 'max_threads'", 'TSV').trim();
if (threads !== '1') throw new Error(`${threads} threads`);
answer(sql => session.query(sql, 'TSVRaw').trim());
