// What the peers share: they answer lines with lines, so that the engines of a race can take turns.
const fs = require('fs');
const readline = require('readline');

// Says "ready"; then reads lines, each the name of a file with a query, and answers "milliseconds, tab, answer".
// run(sql) gives the query's only value, or a promise of it.
exports.answer = async function (run) {
	console.log('ready');
	for await (const file of readline.createInterface({ input: process.stdin })) {
		const sql = fs.readFileSync(file, 'utf8');
		const began = process.hrtime.bigint();
		const value = await run(sql);
		console.log(`${Number(process.hrtime.bigint() - began) / 1e6}\t${value}`);
	}
};
