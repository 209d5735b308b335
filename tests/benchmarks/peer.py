"""What many firms run today: pandas reads the whole list and replaces a table with it."""

import sys

import pandas
from sqlalchemy import create_engine


def main(path, database):
    if path.endswith(".csv"):
        frame = pandas.read_csv(path, encoding="cp932", dtype=str, keep_default_na=False)
    else:
        frame = pandas.read_excel(path, engine="calamine", dtype=str, keep_default_na=False)
    engine = create_engine(f"sqlite:///{database}")
    frame.to_sql("customer", engine, if_exists="replace", index=False)


main(*sys.argv[1:])
