-- What Microsoft.Orleans.{Clustering,Reminders,Persistence}.AdoNet ask the database: they read their queries from this table, by these keys,
-- and rely on names of parameters and of result columns.
CREATE TABLE OrleansQuery
(
    QueryKey text NOT NULL PRIMARY KEY,
    QueryText text NOT NULL
);
