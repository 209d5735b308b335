-- Run once by the postgres image, on an empty volume: Airflow's tables stay apart from Tasuki's.
CREATE DATABASE airflow;
