-- The data folder of a single server that `db import` has moved into this database. One row.
CREATE TABLE DiaImport
(
    Number integer NOT NULL PRIMARY KEY DEFAULT 0 CHECK (Number = 0),
    -- Id of the data folder, from a file in it.
    Source text NOT NULL,
    StartedAt timestamptz NOT NULL,
    FinishedAt timestamptz NULL
);
