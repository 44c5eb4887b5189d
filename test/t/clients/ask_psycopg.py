# The questions of 007_clients.pl through psycopg 3, which sends str without a type, or with the one that its dumper says.
import sys
import psycopg
from psycopg.types.string import StrDumper, StrDumperVarchar


class Text(str):
    pass


class Varchar(str):
    pass


psycopg.adapters.register_dumper(Text, StrDumper)
psycopg.adapters.register_dumper(Varchar, StrDumperVarchar)
READ = {"default": str, "text": Text, "varchar": Varchar, "null": lambda v: None, "array": lambda v: v.split("|")}

connection = psycopg.connect("", autocommit=True)
for line in sys.stdin:
    sql, *parameters = line.rstrip("\n").split("\t")
    values = [READ[t](v) for t, v in zip(parameters[::2], parameters[1::2])]
    try:
        print(",".join(str(row[0]) for row in connection.execute(sql, values)))
    except psycopg.Error as error:
        print("ERROR", error.sqlstate)
