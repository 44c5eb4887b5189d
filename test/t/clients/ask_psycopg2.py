# The questions of 007_clients.pl through psycopg2, which writes all values into the query as literals.
import sys
import psycopg2

READ = {"null": lambda v: None, "array": lambda v: v.split("|")}

connection = psycopg2.connect("")
connection.autocommit = True
for line in sys.stdin:
    sql, *parameters = line.rstrip("\n").split("\t")
    values = [READ.get(t, str)(v) for t, v in zip(parameters[::2], parameters[1::2])]
    cursor = connection.cursor()
    try:
        cursor.execute(sql, values)
        print(",".join(str(row[0]) for row in cursor))
    except psycopg2.Error as error:
        print("ERROR", error.pgcode)
