-- The blob store of the cluster: the id that is also in a blob there, so that a silo with another store is refused. One row.
CREATE TABLE DiaBlobStore
(
    Number integer NOT NULL PRIMARY KEY DEFAULT 0 CHECK (Number = 0),
    Id uuid NOT NULL,
    -- The blob was written.
    IsMarked boolean NOT NULL DEFAULT false
);
