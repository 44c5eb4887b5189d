// The questions of 007_clients.pl through node-postgres, which sends values without a type.  A named query is prepared once.
const readline = require('readline');
const { Client } = require('pg');

const read = (type, value) => type === 'null' ? null : type === 'array' ? value.split('|') : value;

(async () => {
	const client = new Client();
	await client.connect();
	for await (const line of readline.createInterface({ input: process.stdin })) {
		const [text, ...parameters] = line.split('\t');
		const values = [];
		for (let i = 0; i < parameters.length; i += 2) values.push(read(parameters[i], parameters[i + 1]));
		try {
			const result = await client.query({ name: text, text, values, rowMode: 'array' });
			console.log(result.rows.map(row => row[0]).join(','));
		} catch (error) {
			console.log('ERROR ' + error.code);
		}
	}
	await client.end();
})();
