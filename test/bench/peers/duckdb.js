// node duckdb.js EVENTS.csv FILE: loads the events into a table that is sorted by customer and time, and asks it with one thread.
const { DuckDBInstance } = require('@duckdb/node-api');
const { answer } = require('./answer.js');

const [csv, file] = process.argv.slice(2);
(async () => {
	const connection = await (await DuckDBInstance.create(file, { threads: '1' })).connect();
	await connection.run('CREATE SCHEMA bench');
	await connection.run(`CREATE TABLE bench.event AS SELECT * FROM read_csv('${csv}', header = false,
		columns = { 'customer_id': 'INTEGER', 'at': 'TIMESTAMP', 'touchpoint': 'VARCHAR' }) ORDER BY customer_id, "at"`);
	await answer(async sql => (await connection.runAndReadAll(sql)).getRows()[0][0]);
})();
