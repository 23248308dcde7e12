"""Run one SQL statement on the server that the PG* variables name.

Usage: python tools/sql.py DATABASE STATEMENT
"""

import sys

import psycopg2

try:
    connection = psycopg2.connect(dbname=sys.argv[1], connect_timeout=10)
except psycopg2.OperationalError as error:
    sys.exit(str(error).strip())
connection.autocommit = True
with connection.cursor() as cursor:
    cursor.execute(sys.argv[2])
    if cursor.description:
        for row in cursor.fetchall():
            print(*row, sep="\t")
